"""Who did what when, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.model.identity import canonical_json, of_bytes

EntryState = Literal["begun", "done", "succeeded", "failed", "cancelled", "lost"]
LedgerProblemKind = Literal[
    "changed entry",
    "removed entry",
    "moved entry",
    "broken chain",
    "truncated ledger",
    "false checkpoint",
    "unsigned ledger",
    "changed object",
    "removed object",
    "run not in the ledger",
]

NOTHING = of_bytes(b"")
"""What the first entry of a ledger follows."""

_HEAD = b'{"digest":"'
_BODY = len(_HEAD) + len(NOTHING) + len(b'",')


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the ledger. Field names don't change.

    Attributes:
        number: from 1, without a gap.
        previous: digest of the entry before.
        time: ISO 8601, UTC, by the clock of ``host``.
        user, host: who and where.
        action: what is done, such as ``run``, ``cancel``, ``delete``, ``label``, ``alias``,
            ``import``, ``repair``, ``rebuild``, ``settings``, ``schedule``, ``token``, ``access``.
        subject: what it is done to: the name of a run or an alias, a digest, a path.
        state: ``begun`` stands before an action of some length, another word after it; what is
            done in one write has the word ``done`` alone, and it stands before that write.
        begun: number of the entry that tells of the beginning.
        details: what else is to be known.
        objects: digests of objects that the entry vouches for, or that it says are deleted.
    """

    number: int
    previous: str
    time: str
    user: str
    host: str
    action: str
    subject: str = ""
    state: EntryState = "done"
    begun: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed statement that entry ``number`` has this digest, and so about all before it.

    Attributes:
        number, digest: of the entry.
        time: ISO 8601, UTC.
        key: digest of the public key.
        signature: of Ed25519, in base64, over `statement`.
    """

    number: int
    digest: str
    time: str
    key: str
    signature: str = ""

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        stated = {"digest": self.digest, "number": self.number, "time": self.time}
        return canonical_json({"checkpoint": stated, "key": self.key})


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerProblem:
    """One thing that is wrong with a ledger or with what it vouches for.

    Attributes:
        kind: one of ``LedgerProblemKind``.
        entry: number of the entry that it is about, or None.
        message: one sentence.
        object: digest of the object, or name of the run, that it is about, or "".
    """

    kind: LedgerProblemKind
    message: str
    entry: int | None = None
    object: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCheck:
    """What a check of a ledger found. Field names don't change.

    Attributes:
        entries: how many were read.
        last: digest of the last one.
        checkpoints: how many signed statements were held against them.
        signed: number of the last entry that a valid checkpoint covers, or 0.
        key: digest of the public key by which signatures were checked, or "".
        objects: how many objects were looked at.
        unfinished: numbers of the entries that begin what has no end; that may still go on.
        problems: in the order of the entries; then objects and runs.
    """

    entries: int
    last: str
    checkpoints: int = 0
    signed: int = 0
    key: str = ""
    objects: int = 0
    unfinished: tuple[int, ...] = ()
    problems: tuple[LedgerProblem, ...] = ()


def seal(body: bytes) -> tuple[bytes, str]:
    """The line that keeps the JSON object ``body`` behind its digest, and that digest."""
    digest = of_bytes(body)
    return _HEAD + digest.encode() + b'",' + body[1:], digest


def unseal(line: bytes) -> tuple[bytes, str] | None:
    """The body of a sealed line and its digest; None if they don't belong together."""
    body = b"{" + line[_BODY:]
    sealed, digest = seal(body)
    return (body, digest) if sealed == line else None
