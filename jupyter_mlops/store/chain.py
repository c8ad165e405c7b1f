"""Whether a ledger's lines are what was written, in one pass over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jupyter_mlops.model.ledger import NOTHING, Entry, LedgerProblem, LedgerProblemKind
from jupyter_mlops.store.ledger import read_entry


class Chain:
    """Takes the lines of a ledger one after the other, and knows what is wrong with them.

    Args:
        stated: digest of an entry as a checkpoint states it, by the entry's number.
        on_entry: hears every entry whose own digest is right, in the order of the lines.

    Attributes:
        count: lines that were read.
        last, digest: number and digest of the last entry.
    """

    def __init__(self, stated: Mapping[int, str], on_entry: Callable[[Entry], object]) -> None:
        self.count = 0
        self.last = 0
        self.digest = NOTHING
        self._stated = stated
        self._on_entry = on_entry
        self._gaps: list[range] = []
        self._problems: list[LedgerProblem] = []
        self._is_whole = True  # the last line; nothing can be held against a changed one
        self._doubtful: int | None = None  # the last entry, if it does not follow the one before

    def take(self, line: bytes) -> None:
        """Look at the next line."""
        self.count += 1
        read = read_entry(line)
        if read is None:
            self._settle(None)
            self.last += 1
            self._is_whole = False
            self._note("changed entry", self.last, "is not what was written: its digest is wrong")
            return
        entry, digest = read
        if entry.number <= self.last:
            self._take_out_of_place(entry)
        else:
            self._take_next(entry, digest)
        self._on_entry(entry)

    def end(self) -> list[LedgerProblem]:
        """All that is wrong, in the order of the entries."""
        self._settle(None)
        for gap in self._gaps:
            which = f"entry {gap[0]} is" if len(gap) == 1 else f"entries {gap[0]} to {gap[-1]} are"
            self._add("removed entry", gap[0], f"{which} missing")
        beyond = [number for number in self._stated if number > self.last]
        if beyond:
            self._add(
                "truncated ledger",
                self.last,
                f"the ledger ends with entry {self.last}, but a checkpoint was made of entry "
                f"{max(beyond)}",
            )
        return sorted(self._problems, key=lambda problem: problem.entry or 0)

    def _take_next(self, entry: Entry, digest: str) -> None:
        if entry.number > self.last + 1:
            self._settle(None)
            self._gaps.append(range(self.last + 1, entry.number))
        elif self._is_whole:
            follows = entry.previous == self.digest
            if self._doubtful is not None:
                self._settle(follows)
            elif not follows:
                self._doubtful = entry.number
        self.last, self.digest, self._is_whole = entry.number, digest, True
        if self._stated.get(entry.number, digest) != digest:
            self._note("changed entry", entry.number, "is not that of which a checkpoint was made")

    def _take_out_of_place(self, entry: Entry) -> None:
        for position, gap in enumerate(self._gaps):
            if entry.number in gap:
                rest = range(gap.start, entry.number), range(entry.number + 1, gap.stop)
                self._gaps[position : position + 1] = filter(len, rest)
                self._note("moved entry", entry.number, f"stands behind entry {self.last}")
                return
        self._note("moved entry", entry.number, f"stands behind entry {self.last}, once more")

    def _settle(self, is_vouched: bool | None) -> None:
        """Say which entry is wrong, where one does not follow the one before.

        Args:
            is_vouched: whether the one after it follows it; None if that cannot be said.
        """
        number, self._doubtful = self._doubtful, None
        if number is None:
            return
        if is_vouched is None and number in self._stated:
            if self._stated[number] != self.digest:
                return  # that it was changed is said already
            is_vouched = True
        if is_vouched is None or number == 1:
            before = f"entry {number - 1}: one of both was changed" if number > 1 else "nothing"
            self._note("broken chain", number, f"does not follow {before}")
        elif is_vouched:
            self._note("changed entry", number - 1, f"is not that which entry {number} follows")
        else:
            self._note("changed entry", number, "fits neither the entry before nor the one after")

    def _note(self, kind: LedgerProblemKind, number: int, what: str) -> None:
        self._add(kind, number, f"entry {number} {what}")

    def _add(self, kind: LedgerProblemKind, number: int, message: str) -> None:
        self._problems.append(LedgerProblem(kind=kind, entry=number, message=message))
