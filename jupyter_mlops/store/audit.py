"""Whether a ledger is whole, and what it vouches for still there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.ledger import Checkpoint, Entry, LedgerCheck, LedgerProblem
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.store.chain import Chain
from jupyter_mlops.store.references import Reference, references_of_execution, references_of_run
from jupyter_mlops.store.rows import run_names

if TYPE_CHECKING:
    from jupyter_mlops.store.objects import Objects
    from jupyter_mlops.store.signing import PublicKey
    from jupyter_mlops.store.store import Store


class Told:
    """What the entries of a ledger tell of, gathered while they pass.

    Attributes:
        runs: names of the runs that were begun or imported.
        vouched: number of the first entry that names an object, by the object's digest; without
            what was deleted later.
        open: numbers of the entries that begin what has no end yet.
    """

    def __init__(self) -> None:
        self.runs: set[str] = set()
        self.vouched: dict[str, int] = {}
        self.deleted: set[str] = set()
        self._open: dict[tuple[str, str], list[int]] = {}

    def hear(self, entry: Entry) -> None:
        """Take the next entry."""
        if entry.action == "delete":
            self.deleted.update(entry.objects)
        else:
            for digest in entry.objects:
                self.deleted.discard(digest)
                self.vouched.setdefault(digest, entry.number)
        if entry.action == "run":
            self.runs.add(entry.subject)
        elif entry.action == "import":
            self.runs.update(entry.details.get("runs", ()))
        # The end of a lost run is told by who finds it; who began it cannot say.
        begun = self._open.setdefault((entry.action, entry.subject), [])
        if entry.state == "begun":
            begun.append(entry.number)
        elif entry.begun in begun:
            begun.remove(entry.begun)
        elif entry.state == "lost":
            begun.clear()
        if not begun:
            del self._open[entry.action, entry.subject]

    def untold(self, runs: Sequence[str]) -> list[str]:
        """The runs of which nothing is told although some run before them was told of.

        Args:
            runs: the names of all, in the order in which they were recorded.
        """
        first = next((n for n, run in enumerate(runs) if run in self.runs), len(runs))
        return [run for run in runs[first:] if run not in self.runs]

    @property
    def open(self) -> tuple[int, ...]:
        """Numbers of the entries that begin what has no end yet."""
        return tuple(sorted(number for begun in self._open.values() for number in begun))


def check_lines(
    lines: Iterable[bytes],
    checkpoints: Iterable[Checkpoint | None] = (),
    *,
    key: PublicKey | None = None,
    on_entry: Callable[[Entry], object] = lambda entry: None,
) -> LedgerCheck:
    """What is wrong with a ledger by itself, in one pass over its lines.

    Args:
        lines: as they were kept or exported.
        checkpoints: to hold against them; None stands for one that cannot be read.
        key: by which they must be signed; None believes what they state.
        on_entry: hears every entry that has its own digest.
    """
    problems, stated, signed = [], {}, set()
    count = 0
    for checkpoint in checkpoints:
        count += 1
        if checkpoint is None or (key is not None and not key.has_signed(checkpoint)):
            number = None if checkpoint is None else checkpoint.number
            what = (
                "cannot be read" if number is None else f"of entry {number} has another signature"
            )
            message = f"a checkpoint {what}"
            problems.append(LedgerProblem(kind="false checkpoint", entry=number, message=message))
            continue
        stated[checkpoint.number] = checkpoint.digest
        signed.add(checkpoint.number)
    told = Told()

    def hear(entry: Entry) -> None:
        told.hear(entry)
        on_entry(entry)

    chain = Chain(stated, hear)
    for line in lines:
        chain.take(line)
    if key is not None and not signed:
        message = "no checkpoint of the ledger is signed with this key"
        problems.append(LedgerProblem(kind="unsigned ledger", message=message))
    return LedgerCheck(
        entries=chain.count,
        last=chain.digest,
        checkpoints=count,
        signed=max((number for number in signed if number <= chain.last), default=0) if key else 0,
        key=key.digest if key is not None else "",
        unfinished=told.open,
        problems=(*chain.end(), *problems),
    )


def check_store_ledger(
    store: Store,
    checkpoints: Iterable[Checkpoint | None] = (),
    *,
    key: PublicKey | None = None,
    quick: bool = False,
) -> LedgerCheck:
    """What is wrong with a store's ledger, and with the objects and runs that it tells of.

    Args:
        store: the store; nothing in it is changed.
        checkpoints: to hold against the ledger besides those that are kept with it.
        key: by which checkpoints must be signed; None believes what they state.
        quick: True leaves objects and runs alone.

    Raises:
        StoreError: the store cannot be read.
    """
    from jupyter_mlops.store.checkpoints import read_checkpoints

    told = Told()
    # Asked before the ledger is read: a run is in the ledger before it is in the catalog.
    runs = [] if quick else store.catalog.ask(run_names)
    kept = read_checkpoints(store.ledger.checkpoints())
    checked = check_lines(store.ledger.lines(), [*kept, *checkpoints], key=key, on_entry=told.hear)
    if quick:
        return checked
    number, problems = _check_objects(store.objects, told)
    return replace(
        checked,
        objects=number,
        problems=(
            *checked.problems,
            *problems,
            *(
                LedgerProblem(
                    kind="run not in the ledger",
                    message=f"run {run} is on record, but no entry tells of its beginning",
                    object=run,
                )
                for run in told.untold(runs)
            ),
        ),
    )


def _check_objects(objects: Objects, told: Told) -> tuple[int, list[LedgerProblem]]:
    """How many objects are vouched for, themselves or by a record, and which are not sound."""
    seen, problems = set(), []

    def look(digest: str, what: str, entry: int) -> None:
        if digest in seen or digest in told.deleted:
            return
        seen.add(digest)
        try:
            objects.inspect(digest)
        except (ObjectMissing, ObjectCorrupted) as error:
            is_missing = isinstance(error, ObjectMissing)
            problems.append(
                LedgerProblem(
                    kind="removed object" if is_missing else "changed object",
                    entry=entry,
                    message=f"{what}: {error.message}",
                    object=digest,
                )
            )

    for digest, entry in told.vouched.items():
        look(digest, f"entry {entry} vouches for it", entry)
        for needed, what in _references(objects, digest):
            look(needed, what, entry)
    return len(seen), problems


def _references(objects: Objects, digest: str) -> Iterator[Reference]:
    """What a record refers to; nothing if the object is none, or is damaged."""
    try:
        if not objects.head(digest, len(_RECORD)).startswith(_RECORD):
            return
        value = json.loads(objects.read_bytes(digest))
        if value["_kind"] == "run":
            yield from references_of_run(from_json(Run, value))
        else:
            yield from references_of_execution(from_json(Execution, value))
    except (ObjectMissing, ObjectCorrupted, ValueError, TypeError, KeyError):
        return


_RECORD = b'{"_kind":"'
