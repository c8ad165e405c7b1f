"""A cell that never ran, such as an exercise or code to play with: a comment if it cannot run."""

from __future__ import annotations

from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.order import names_in
from jupyter_mlops.legacy.python2 import to_python3

RULE = "unfinished"
_UNREADABLE = ("SyntaxError", "IndentationError", "TabError")
_INCOMPLETE = ("AttributeError", "NameError", "TypeError")


def comment_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the cell as comments, if no Python can read it and nothing is stored."""
    cell = draft.cell(failure.cell_id)
    if failure.kind not in _UNREADABLE or _ran(cell) or to_python3(cell.source) is not None:
        return None
    return _commented(draft, cell, "no Python reads it, and no output of it is stored", 0.9)


def leave_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the cell as comments, if only others were run, and none needs what it binds.

    Ask it after all others: a cell that can be mended is worth more.
    """
    cell = draft.cell(failure.cell_id)
    own = names_in(cell.source)
    if failure.kind not in _INCOMPLETE or own is None or _ran(cell):
        return None
    if not any(map(_ran, draft.code)):
        return None
    for other in draft.code:
        names = names_in(other.source)
        if other.id != cell.id and (names is None or own.binds.keys() & names.exposed.keys()):
            return None
    return _commented(draft, cell, "it was not run with the others, and none needs it", 0.7)


def _ran(cell: DraftCell) -> bool:
    return cell.count is not None or bool(cell.stored)


def _commented(draft: Draft, cell: DraftCell, why: str, confidence: float) -> Draft:
    return draft.edited(
        cell.id,
        "\n".join(f"# {line}".rstrip() for line in cell.source.splitlines()),
        rule=RULE,
        reason=f"the cell is unfinished: {why}",
        confidence=confidence,
    )
