"""A cell that is no code yet, such as an exercise for the reader: it has never run."""

from __future__ import annotations

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.python2 import to_python3

RULE = "unfinished"
_KINDS = ("SyntaxError", "IndentationError", "TabError")


def comment_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the cell as comments, if no Python can have run it and nothing is stored."""
    cell = draft.cell(failure.cell_id)
    if failure.kind not in _KINDS or cell.stored or cell.count is not None:
        return None
    if to_python3(cell.source) is not None:
        return None
    return draft.edited(
        cell.id,
        "\n".join(f"# {line}".rstrip() for line in cell.source.splitlines()),
        rule=RULE,
        reason="the cell is unfinished: no Python reads it, and no output of it is stored",
        confidence=0.9,
    )
