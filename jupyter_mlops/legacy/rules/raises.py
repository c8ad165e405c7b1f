"""A cell that raised in the old notebook, too, was meant to."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "raises"
TAG = "raises-exception"
_LATER_NAMES = {"ModuleNotFoundError": "ImportError", "FileNotFoundError": "IOError"}


def expect(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the cell tagged, if its stored output is the same error."""
    cell = draft.cell(failure.cell_id)
    stored = {output["ename"] for output in cell.stored if output.get("output_type") == "error"}
    if not stored & {failure.kind, _LATER_NAMES.get(failure.kind)}:
        return None
    tags = [*cell.metadata.get("tags", ()), TAG]
    marked = replace(cell, metadata={**cell.metadata, "tags": tags})
    cells = tuple(marked if one.id == cell.id else one for one in draft.cells)
    return replace(draft, cells=cells).noted(
        rule=RULE,
        reason=f"cell {cell.position} raised {failure.kind} when it was stored: it is meant to",
        before="",
        after=TAG,
        confidence=0.9,
    )
