"""The ledger asked: what was done, whether it is whole, and a copy for a third party."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.ledger import Checkpoint, Entry, LedgerCheck
from jupyter_mlops.store.audit import check_lines, check_store_ledger
from jupyter_mlops.store.checkpoints import checkpoint_line, is_checkpoint, read_checkpoints
from jupyter_mlops.store.disk import disk_problems, temporary

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store
    from jupyter_mlops.store.signing import PublicKey


class LedgerFileError(MlopsError):
    """A file that should hold a ledger or a checkpoint does not."""

    exit_code = 2


def ledger_log(
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
) -> Iterator[Entry]:
    """The entries of the ledger that all the given conditions fit, the oldest first.

    Args:
        store: whose ledger.
        since, until: the first and the last moment; without a time zone, of this machine's.
        actor: user, or user@host.
        action: the action's name.
        subject: the subject, or its beginning.
    """
    first, last = (None if moment is None else moment.astimezone(UTC) for moment in (since, until))
    for entry in store.ledger.entries():
        time = datetime.fromisoformat(entry.time)
        if (
            (first is None or time >= first)
            and (last is None or time <= last)
            and actor in (None, entry.user, f"{entry.user}@{entry.host}")
            and action in (None, entry.action)
            and (subject is None or entry.subject.startswith(subject))
        ):
            yield entry


def verify_ledger(
    store: Store,
    *,
    key: PublicKey | None = None,
    checkpoints: Iterable[Path] = (),
    quick: bool = False,
) -> LedgerCheck:
    """What is wrong with the ledger, and with the objects and runs that it tells of.

    Args:
        store: whose ledger; nothing is changed.
        key: by which checkpoints must be signed; None believes what they state.
        checkpoints: files with checkpoints that were kept elsewhere.
        quick: True leaves objects and runs alone.

    Raises:
        StoreError: the store cannot be read.
        LedgerFileError: a file holds no checkpoint.
    """
    return check_store_ledger(store, _read_files(checkpoints), key=key, quick=quick)


def verify_export(
    path: Path, *, key: PublicKey | None = None, checkpoints: Iterable[Path] = ()
) -> LedgerCheck:
    """What is wrong with an exported ledger by itself; no store is needed.

    Args:
        path: the file.
        key: by which its checkpoints must be signed; None believes what they state.
        checkpoints: files with further checkpoints.

    Raises:
        LedgerFileError: a file cannot be read or is no such file.
    """
    inside = read_checkpoints(line for line in _file_lines(path) if is_checkpoint(line))
    entries = (line for line in _file_lines(path) if not is_checkpoint(line))
    return check_lines(entries, [*inside, *_read_files(checkpoints)], key=key)


def export_ledger(store: Store, path: Path) -> int:
    """How many entries are in the file now, with the checkpoints that are kept, one a line.

    The file is written whole or not at all; what stood there is replaced.

    Raises:
        StoreError: the store cannot be read, or the file not be written.
    """
    count, part = 0, temporary(path.absolute().parent)
    with disk_problems(path):
        try:
            with part.open("xb") as file:
                for line in store.ledger.lines():
                    file.write(line + b"\n")
                    count += 1
                for line in store.ledger.checkpoints():
                    file.write(line + b"\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return count


def sign_ledger(store: Store, settings: Mlops) -> Checkpoint:
    """The signed checkpoint of the ledger as it stands, which is kept with it from now on.

    Raises:
        KeyProblem: no key is set, or it cannot be used.
        LedgerFileError: nothing was ever done.
        StoreError: the store cannot be written.
    """
    from jupyter_mlops.store.signing import KeyProblem, load_signer

    if not settings.ledger_key:
        raise KeyProblem(
            "no key is set that signs the ledger",
            fix="`jupyter mlops audit key -o FILE` makes one; then set JUPYTER_MLOPS_LEDGER_KEY",
        )
    checkpoint = load_signer(Path(settings.ledger_key).expanduser()).sign(store.ledger)
    if checkpoint is None:
        raise LedgerFileError("the ledger has no entry yet")
    return checkpoint


def write_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Keep a copy of a checkpoint in a file of its own; what stood there is replaced."""
    part = temporary(path.absolute().parent)
    with disk_problems(path):
        try:
            part.write_bytes(checkpoint_line(checkpoint) + b"\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _read_files(paths: Iterable[Path]) -> list[Checkpoint | None]:
    found: list[Checkpoint | None] = []
    for path in paths:
        lines = [line for line in _file_lines(path) if is_checkpoint(line)]
        if not lines:
            raise LedgerFileError(
                f"{path} holds no checkpoint",
                fix="name a file that `jupyter mlops audit checkpoint` or `audit export` wrote",
            )
        found.extend(read_checkpoints(lines))
    return found


def _file_lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            for line in file:
                yield line.rstrip(b"\n")
    except OSError as error:
        raise LedgerFileError(f"{path} cannot be read: {error.strerror}") from error
