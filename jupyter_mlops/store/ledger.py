"""The ledger: who did what when, entry after entry, each vouching for all before it."""

from __future__ import annotations

import getpass
import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import finite, from_json, to_json
from jupyter_mlops.model.identity import canonical_json, of_bytes
from jupyter_mlops.model.ledger import NOTHING, Checkpoint, Entry, EntryState, seal, unseal
from jupyter_mlops.store.checkpoints import checkpoint_line
from jupyter_mlops.store.numbered import Numbered

_IN_A_FOLDER = 1000
_ENTRIES, _CHECKPOINTS = "entries", "checkpoints"
_SUFFIX = ".json"


@dataclass(slots=True)
class Outcome:
    """What the entry of an action's end is to tell.

    Attributes:
        details, objects: as of an `Entry`.
    """

    details: dict[str, Any] = field(default_factory=dict)
    objects: list[str] = field(default_factory=list)


class Ledger:
    """Entries that are appended and never changed, in one order for all who share the store.

    An entry is a file whose name is its number, created only if there is none: of two writers at
    once one gets the number, and the other takes the next one, behind that entry.

    Every method raises `StoreError` if the ledger cannot be read or written.
    """

    def __init__(self, files: Numbered) -> None:
        self._files = files
        self._tip: tuple[int, str] | None = None

    def append(
        self,
        *,
        action: str,
        subject: str = "",
        state: EntryState = "done",
        begun: int | None = None,
        details: Mapping[str, Any] | None = None,
        objects: tuple[str, ...] = (),
    ) -> Entry:
        """The new last entry, which survives a crash from now on. See `Entry` for the arguments.

        To be called before what it tells of is written, so that nothing happens untold.
        """
        user, host = getpass.getuser(), platform.node()
        while True:
            number, previous = self._tip or self.tip()
            entry = Entry(
                number=number + 1,
                previous=previous,
                time=datetime.now(UTC).isoformat(timespec="microseconds"),
                user=user,
                host=host,
                action=action,
                subject=subject,
                state=state,
                begun=begun,
                details=finite(to_json(details or {})),
                objects=objects,
            )
            line, digest = seal(canonical_json(to_json(entry)))
            if self._files.create(_path(_ENTRIES, entry.number), line):
                self._tip = entry.number, digest
                return entry
            self._tip = None

    @contextmanager
    def act(
        self, *, action: str, subject: str = "", details: Mapping[str, Any] | None = None
    ) -> Iterator[Outcome]:
        """Two entries around an action: it is ``begun``, and it is ``done`` or has ``failed``.

        Gives what the second is to tell. A process that dies between them leaves the
        first alone, which a check of the ledger lists.
        """
        begun = self.append(action=action, subject=subject, state="begun", details=details)
        outcome = Outcome()
        state: EntryState = "failed"
        try:
            yield outcome
            state = "done"
        except BaseException as problem:
            text = problem.message if isinstance(problem, MlopsError) else repr(problem)
            outcome.details["error"] = text
            raise
        finally:
            self.append(
                action=action,
                subject=subject,
                state=state,
                begun=begun.number,
                details=outcome.details,
                objects=tuple(outcome.objects),
            )

    def tip(self) -> tuple[int, str]:
        """Number and digest of the last entry; 0 and that of nothing if there is none."""
        for number, line in self._backwards():
            unsealed = unseal(line)
            # What follows a damaged entry says so for ever: it has this digest and no other.
            return number, of_bytes(line) if unsealed is None else unsealed[1]
        return 0, NOTHING

    def lines(self) -> Iterator[bytes]:
        """Every entry as it is kept, in the order of the files' names."""
        yield from self._lines(_ENTRIES)

    def entries(self) -> Iterator[Entry]:
        """Every entry that can be read, the oldest first."""
        for line in self.lines():
            read = read_entry(line)
            if read is not None:
                yield read[0]

    def read(self, number: int) -> Entry | None:
        """The entry of that number; None if there is none that can be read."""
        folder, _, name = _path(_ENTRIES, number).rpartition("/")
        (line,) = self._files.read(folder, [name])
        read = read_entry(line)
        return None if read is None else read[0]

    def newest_first(self) -> Iterator[Entry]:
        """Every entry that can be read, the newest first; what is not asked for is not read."""
        for _, line in self._backwards():
            read = read_entry(line)
            if read is not None:
                yield read[0]

    def checkpoints(self) -> Iterator[bytes]:
        """Every signed checkpoint as it is kept, in the order of their entries."""
        yield from self._lines(_CHECKPOINTS)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a signed checkpoint beside the entries; the first one of an entry stays."""
        path = _path(_CHECKPOINTS, checkpoint.number)
        self._files.create(path, checkpoint_line(checkpoint))

    def sweep(self) -> None:
        """Remove what killed writers left behind more than a day ago."""
        self._files.sweep()

    def _lines(self, kind: str) -> Iterator[bytes]:
        for folder in self._folders(kind):
            yield from self._files.read(folder, self._names(folder))

    def _backwards(self) -> Iterator[tuple[int, bytes]]:
        """Number and line of each entry, the newest first."""
        for folder in reversed(self._folders(_ENTRIES)):
            for name in reversed(self._names(folder)):
                for line in self._files.read(folder, [name]):
                    yield int(name.removesuffix(_SUFFIX)), line

    def _folders(self, kind: str) -> list[str]:
        return [f"{kind}/{name}" for name in self._files.names(kind) if name.isdecimal()]

    def _names(self, folder: str) -> list[str]:
        names = self._files.names(folder)
        return [name for name in names if name.removesuffix(_SUFFIX).isdecimal()]


def read_entry(line: bytes) -> tuple[Entry, str] | None:
    """The entry of a sealed line and its digest; None if it was changed."""
    unsealed = unseal(line)
    if unsealed is None:
        return None
    try:
        entry = from_json(Entry, json.loads(unsealed[0]))
    except (ValueError, TypeError, KeyError):
        return None
    return (entry, unsealed[1]) if isinstance(entry.number, int) else None


def _path(kind: str, number: int) -> str:
    return f"{kind}/{number // _IN_A_FOLDER:06d}/{number:09d}{_SUFFIX}"
