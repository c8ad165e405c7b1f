"""Floats where only whole numbers count: Python 2, and NumPy before 1.12, made them so."""

from __future__ import annotations

import ast
import re

from jupyter_mlops.legacy.division import floored, tree_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Place, Scene
from jupyter_mlops.legacy.masked import mask

RULE = "division"
_FAILURES = re.compile(
    r"'(?:numpy\.)?float(?:64)?' object cannot be interpreted as an (?:integer|index)|"
    r"slice indices must be integers|only integers, slices|"
    r"indices must be integers(?: or slices)?, not float|"
    r"integer argument expected, got float|must be an? int(?:eger)?, (?:got|not) '?float|"
    r"must be a positive integer, not \d+\.\d|"
    r"`?\w+`? (?:must|should) be an integer|arrays used as indices must be of integer"
)


def round_down(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that rounds down the quotient, or the literal, that has to be a whole number.

    On the line that failed; if it has none, where the names that it reads are bound.
    """
    if failure.place is None or not _FAILURES.search(f"{failure.kind}: {failure.message}"):
        return None
    place = failure.place
    changed = _on_line(draft, place)
    return changed if changed is not None else _at_bindings(draft, place)


def _on_line(draft: Draft, place: Place) -> Draft | None:
    source = draft.cell(place.cell_id).source
    if (cut := _indices(source, place.line)) != source:
        return _edited(draft, place.cell_id, cut)
    new = floored(source, lambda node: node.lineno <= place.line <= (node.end_lineno or 0))
    return _edited(draft, place.cell_id, _literals(new, place.line))


def _at_bindings(draft: Draft, place: Place) -> Draft | None:
    tree = tree_of(draft.cell(place.cell_id).source)
    if tree is None:
        return None
    names = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.lineno == place.line
    }
    for cell in reversed(draft.code):
        bound = tree_of(cell.source)
        quotients = [
            node.value
            for node in ast.walk(bound or ast.Module(body=[], type_ignores=[]))
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.BinOp)
            and any(isinstance(t, ast.Name) and t.id in names for t in node.targets)
        ]
        chosen = {(node.lineno, node.col_offset) for node in quotients}
        new = floored(cell.source, lambda n, c=chosen: (n.lineno, n.col_offset) in c)  # type: ignore[misc]
        if (changed := _edited(draft, cell.id, new)) is not None:
            return changed
    return None


def _indices(source: str, line: int) -> str:
    """The cell with ``x[[int(n / 2)]]`` for the line's ``x[[n / 2]]``: NumPy cut floats off."""
    tree = tree_of(source)
    chosen = [
        value
        for node in ast.walk(tree or ast.Module(body=[], type_ignores=[]))
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.List)
        for value in node.slice.elts
        if value.lineno == value.end_lineno == line and _is_quotient(value)
    ]
    return _wrapped(source, line, [(v.col_offset, v.end_col_offset) for v in chosen])


def _is_quotient(value: ast.expr) -> bool:
    """Whether it is arithmetic with a true division, whose result is a float."""
    return isinstance(value, ast.BinOp) and any(
        isinstance(node, ast.Div) for node in ast.walk(value)
    )


def _literals(source: str, line: int) -> str:
    """The cell with ``int(1e4)`` for the ``1e4`` that a call on the line is given."""
    tree = tree_of(source)
    given = [
        (value.col_offset, value.end_col_offset)
        for node in ast.walk(tree or ast.Module(body=[], type_ignores=[]))
        if isinstance(node, ast.Call)
        for value in (*node.args, *(keyword.value for keyword in node.keywords))
        if value.lineno == line and isinstance(value, ast.Constant)
        if isinstance(value.value, float) and value.value.is_integer()
    ]
    return _wrapped(source, line, given, only=b"e")


def _wrapped(source: str, line: int, spans: list[tuple[int, int | None]], only: bytes = b"") -> str:
    """The cell with ``int(…)`` around the parts of a line that have ``only`` in them."""
    masked = mask(source)
    if masked is None or not spans:
        return source
    lines = masked.text.split("\n")
    raw = lines[line - 1].encode()
    for start, end in sorted(spans, reverse=True):
        if only in raw[start:end].lower():
            raw = raw[:start] + b"int(" + raw[start:end] + b")" + raw[end:]
    lines[line - 1] = raw.decode()
    return masked.restore("\n".join(lines))


def _edited(draft: Draft, identity: str, source: str) -> Draft | None:
    changed = draft.edited(
        identity,
        source,
        rule=RULE,
        reason="a whole number is needed here, and a quotient was rounded down when it was written",
        confidence=0.85,
    )
    return None if changed is draft else changed
