"""Labels that people put on runs and artifacts: tags, notes, and aliases that move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LabelKind = Literal["tag", "note", "alias"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a label is put on.

    Attributes:
        text: ``RUN``, ``RUN:STEP`` or ``RUN:STEP:ARTIFACT`` with the run's whole name, or a digest.
        run: the run's name; None for a digest alone.
        digest: of the artifact; None for a run or a step.
    """

    text: str
    run: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """One change of one label; recorded as an immutable object. What holds is the latest change.

    Attributes:
        number: orders the changes of all labels, whatever the clock did; from 1.
        change: a name that no other change has.
        kind: of the label.
        name: of the tag or alias; empty for a note, of which a target has one.
        target: what is labelled; None where an alias was removed.
        removed: True if the label is gone.
        text: of a note.
        user, host, time: who, where and when (ISO 8601, UTC).
    """

    number: int
    change: str
    kind: LabelKind
    name: str
    target: Target | None
    user: str
    host: str
    time: str
    removed: bool = False
    text: str = ""

    @property
    def label(self) -> str:
        """What is the same in all changes of one label: an alias is one wherever it points."""
        if self.kind == "alias" or self.target is None:
            return f"{self.kind} {self.name}"
        return f"{self.kind} {self.name} {self.target.text}"

    def says_what(self, other: LabelChange) -> bool:
        """True if the label stands as the other change leaves it."""
        if self.removed or other.removed:
            return self.removed and other.removed
        return (self.target, self.text) == (other.target, other.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of a run, as ``runs --json`` gives them. Field names don't change.

    Attributes:
        tags: in order of the alphabet.
        note: its text, or empty.
        aliases: that name the run, one of its steps or artifacts, in order of the alphabet.
    """

    tags: tuple[str, ...] = ()
    note: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasMove:
    """One entry in the history of an alias. Field names don't change.

    Attributes:
        number: orders the changes of all labels.
        alias: its name.
        old, new: what it named before and named then; None: nothing.
        user, host, time: who, where and when.
    """

    number: int
    alias: str
    old: str | None
    new: str | None
    user: str
    host: str
    time: str
