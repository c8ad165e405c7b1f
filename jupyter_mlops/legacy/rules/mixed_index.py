"""``frame.ix[…]`` took whole numbers for positions where the labels are none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "position"
_IX = "ix is gone"
_FAILURES = re.compile(
    r"KeyError: -?\d+$|TypeError: cannot do (?:slice|positional|label) indexing on .* of type int|"
    r"KeyError: \"?None of \[.*Index\(\[\d"
)


def by_position(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose line reads by position what was read by ``ix`` with whole numbers."""
    told = f"{failure.kind}: {failure.message}"
    if failure.place is None or not _FAILURES.search(told):
        return None
    place = failure.place
    cell = draft.cell(place.cell_id).position
    if not any(p.cell == cell and p.reason.startswith(_IX) for p in draft.patches):
        return None
    return rewrite_cells(
        draft,
        lambda: _located(place.line),
        rule=RULE,
        reason="its labels are no whole numbers, so ix took the number for a position",
        confidence=0.9,
        cells=[place.cell_id],
    )


def _located(line: int) -> cst.CSTTransformer:
    import libcst as cst
    from libcst.metadata import PositionProvider

    def code(node: cst.CSTNode) -> str:
        return cst.Module([]).code_for_node(node).rstrip(", ")

    class Located(cst.CSTTransformer):
        METADATA_DEPENDENCIES = (PositionProvider,)

        def leave_Subscript(  # noqa: N802
            self, original_node: cst.Subscript, updated_node: cst.Subscript
        ) -> cst.BaseExpression:
            place = self.get_metadata(PositionProvider, original_node)
            found = updated_node.value
            if not isinstance(found, cst.Attribute) or found.attr.value != "loc":
                return updated_node
            if not place.start.line <= line <= place.end.line:
                return updated_node
            keys = [code(element.slice) for element in updated_node.slice]
            whole = [_is_number(element.slice) for element in updated_node.slice]
            frame = code(found.value)
            if all(whole):
                return updated_node.with_changes(value=found.with_changes(attr=cst.Name("iloc")))
            if len(keys) != 2 or not any(whole):
                return updated_node
            axes = (f"{frame}.index", f"{frame}.columns")
            named = [
                f"{axis}[{key}]" if is_number and key != ":" else key
                for axis, key, is_number in zip(axes, keys, whole, strict=True)
            ]
            return cst.parse_expression(f"{frame}.loc[{', '.join(named)}]")

    return Located()


def _is_number(node: cst.BaseSlice) -> bool:
    """True for what can be a whole number, or a range or a list of them."""
    import libcst as cst

    if isinstance(node, cst.Slice):
        return all(e is None or _is_whole(e) for e in (node.lower, node.upper, node.step))
    return isinstance(node, cst.Index) and _is_whole(node.value)


def _is_whole(node: cst.BaseExpression) -> bool:
    import libcst as cst

    if isinstance(node, cst.List | cst.Tuple):
        return all(_is_whole(element.value) for element in node.elements)
    return isinstance(
        node,
        cst.Integer
        | cst.UnaryOperation
        | cst.BinaryOperation
        | cst.Name
        | cst.Attribute
        | cst.Subscript
        | cst.Call,
    )
