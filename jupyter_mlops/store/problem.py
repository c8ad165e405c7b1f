"""One thing that is wrong with a store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a store.

    Attributes:
        kind: ``corrupted object``, ``missing object``, ``unreadable catalog``, ``unreadable
            record``, ``run not in the catalog``, ``execution not in the catalog``, ``run not on
            record``, ``run differs from its record``, ``execution differs from its record``,
            ``label not in the catalog``, ``label not on record``, ``label differs from its
            record``, ``unfinished removal``, ``writable object``, ``stray file``, ``folder of no
            run``, ``run not in the ledger``, or ``ledger: `` and one of ``LedgerProblemKind``.
        what: the digest, name or path that it is about.
        referrers: who needs it.
        fix: what to do about it.
    """

    kind: str
    what: str
    referrers: tuple[str, ...] = ()
    fix: str = ""

    def __str__(self) -> str:
        needed = "".join(f"\n    needed: {referrer}" for referrer in self.referrers)
        return f"{self.kind}: {self.what}{needed}\n    fix: {self.fix}"
