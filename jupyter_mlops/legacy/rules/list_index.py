"""``array[[mask]]``: before NumPy 1.23, a list that holds an array was an index for each axis."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "list-index"
_FAILURES = re.compile(r"too many indices for array|boolean index did not match")


def as_tuple(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing line takes a list for the tuple that NumPy took it for.

    Only a name that the cell binds to a list that is written out is meant for sure.
    """
    place = failure.place
    if failure.kind != "IndexError" or place is None or not _FAILURES.search(failure.message):
        return None
    return rewrite_cells(
        draft,
        partial(_tuples, draft.cell(place.cell_id).source, place.line),
        rule=RULE,
        reason="a list of arrays was one index for each axis; a tuple of them still is",
        confidence=0.95,
        cells=[place.cell_id],
    )


def _tuples(source: str, line: int) -> cst.CSTTransformer:
    import libcst as cst
    from libcst.metadata import PositionProvider

    class Tuples(cst.CSTTransformer):
        METADATA_DEPENDENCIES = (PositionProvider,)

        def leave_Subscript(  # noqa: N802
            self, original_node: cst.Subscript, updated_node: cst.Subscript
        ) -> cst.BaseExpression:
            place = self.get_metadata(PositionProvider, original_node)
            key = updated_node.slice[0].slice
            if (
                not place.start.line <= line <= place.end.line
                or len(updated_node.slice) != 1
                or not isinstance(key, cst.Index)
                or not isinstance(key.value, cst.Name)
                or not re.search(rf"^\s*{key.value.value}\s*=\s*\[", source, re.M)
            ):
                return updated_node
            made = cst.parse_expression(f"tuple({key.value.value})")
            element = updated_node.slice[0].with_changes(slice=key.with_changes(value=made))
            return updated_node.with_changes(slice=[element])

    return Tuples()
