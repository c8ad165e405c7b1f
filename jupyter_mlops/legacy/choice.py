"""Which changes to a notebook are made: all of them, but for those that its owner refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.model.conversion import Patch

ALL = "all"
NEEDED = ("format", "kernel")
"""Rules without which there is no notebook that could run."""


class UnknownChange(MlopsError):
    """A change that is accepted or refused is none of any rule."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is accepted and refused, piece by piece.

    A piece is ``RULE:CELL``, the changes of a rule to the cell at that position of the old
    notebook; ``RULE``, all of its changes; or ``all``. What names a change more closely goes before
    what names it less closely; what is named nowhere is made.

    Attributes:
        accepted, refused: pieces.
    """

    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    def allows(self, rule: str, cell: int) -> bool:
        """True if the rule may change the cell."""
        for piece in (f"{rule}:{cell}", rule, ALL):
            if piece in self.refused:
                return False
            if piece in self.accepted:
                return True
        return True

    def kept(self, before: Draft, after: Draft) -> Draft:
        """The draft after a rule, without those of its changes that are refused.

        Args:
            before: the draft that the rule was given.
            after: what it made of it.
        """
        new = after.patches[len(before.patches) :]
        refused = [patch for patch in new if not self.allows(patch.rule, patch.cell)]
        if not refused:
            return after
        if any(patch.cell == 0 for patch in refused):
            return before  # it concerns the notebook as a whole
        return _without(before, after, new, {patch.cell for patch in refused})


def _without(before: Draft, after: Draft, new: Iterable[Patch], cells: set[int]) -> Draft:
    sources = {cell.id: cell.source for cell in before.cells}
    return replace(
        after,
        cells=tuple(
            replace(cell, source=sources[cell.id]) if cell.position in cells else cell
            for cell in after.cells
        ),
        patches=(*before.patches, *(patch for patch in new if patch.cell not in cells)),
    )


def choice_of(accepted: Iterable[str], refused: Iterable[str], rules: Iterable[str]) -> Choice:
    """The choice of these pieces.

    Args:
        accepted, refused: pieces, as they were given.
        rules: ids of all rules.

    Raises:
        UnknownChange: a piece names no rule, or one that is needed.
    """
    found = Choice(accepted=frozenset(accepted), refused=frozenset(refused))
    known = sorted(set(rules))
    for piece in sorted(found.accepted | found.refused):
        rule, colon, cell = piece.partition(":")
        if rule in NEEDED:
            raise UnknownChange(f"{piece} cannot be chosen: no notebook runs without it")
        if (rule not in known and piece != ALL) or (colon and not cell.isdecimal()):
            raise UnknownChange(
                f"{piece} is no change: it is RULE, or RULE:CELL such as {known[0]}:3",
                fix=f"rules: {', '.join(known)}",
            )
    return found
