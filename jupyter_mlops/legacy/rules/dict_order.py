"""Frames of dicts: pandas before 0.23, and Python before 3.6, had their columns sorted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import name_of
from jupyter_mlops.legacy.division import tree_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.rewrite import rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "dict-order"
_SORTED_UNTIL = "2018-05-15"
"""Release of pandas 0.23."""
_MADE = frozenset({"DataFrame", "Series"})


def sort_keys(draft: Draft, era: Era) -> Draft:
    """The draft whose literal dicts stand sorted where a frame or series is made of them."""
    if era.latest >= _SORTED_UNTIL:
        return draft
    trees = [tree for cell in draft.code if (tree := tree_of(cell.source)) is not None]
    names = frozenset(name for tree in trees for name in _given(tree))
    changed = rewrite_cells(
        draft,
        lambda: _sorter(names),
        rule=RULE,
        reason="pandas sorted the keys of a dict when this was written; it keeps their order now",
        confidence=0.9,
    )
    return draft if changed is None else changed


def _given(tree: ast.Module) -> Iterator[str]:
    """The names of which a frame or series is made, without columns or an index."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called in _MADE:
                yield node.args[0].id


def _sorter(names: frozenset[str]) -> cst.CSTTransformer:
    import libcst as cst

    class Sorter(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.Call:
            if name_of(updated_node) not in _MADE or not updated_node.args:
                return updated_node
            first = updated_node.args[0]
            if not isinstance(first.value, cst.Dict):
                return updated_node
            first = first.with_changes(value=_sorted(first.value))
            return updated_node.with_changes(args=[first, *updated_node.args[1:]])

        def leave_Assign(  # noqa: N802
            self, original_node: cst.Assign, updated_node: cst.Assign
        ) -> cst.Assign:
            targets = {
                t.target.value for t in updated_node.targets if isinstance(t.target, cst.Name)
            }
            if not isinstance(updated_node.value, cst.Dict) or not targets & names:
                return updated_node
            return updated_node.with_changes(value=_sorted(updated_node.value))

    return Sorter()


def _sorted(node: cst.Dict) -> cst.Dict:
    """The dict with its elements by key, each where one stood; as it is if keys are no literals."""
    import libcst as cst

    values = []
    for element in node.elements:
        key = element.key if isinstance(element, cst.DictElement) else None
        if not isinstance(key, cst.SimpleString | cst.Integer):
            return node
        inner = element.value
        if isinstance(inner, cst.Dict):
            element = element.with_changes(value=_sorted(inner))
        values.append((key.evaluated_value, element))
    if len({type(value) for value, _ in values}) != 1:
        return node
    ordered = [element for _, element in sorted(values, key=lambda pair: pair[0])]
    commas = [element.comma for element in node.elements]
    return node.with_changes(
        elements=[e.with_changes(comma=c) for e, c in zip(ordered, commas, strict=True)]
    )
