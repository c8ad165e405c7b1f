"""Whole numbers that Python 2 divided by ``/``: it rounded down, as ``//`` does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.masked import mask

RULE = "division"
_EXACT = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.Div)
"""What makes a whole number of two in Python 2."""
_COUNTS = ("range", "xrange")


def round_down(draft: Draft) -> Draft:
    """The draft of Python 2 whose divisions of whole numbers are ``//``, where both are for sure.

    A name is one of a whole number if all that the notebook binds to it is.
    """
    trees = [tree for cell in draft.code if (tree := tree_of(cell.source)) is not None]
    if any(_divides_exactly(tree) for tree in trees):
        return draft
    names = _whole_names(trees)
    for cell in draft.code:
        draft = draft.edited(
            cell.id,
            floored(
                cell.source,
                lambda node: _is_whole(node.left, names) and _is_whole(node.right, names),
            ),
            rule=RULE,
            reason="Python 2 rounded the quotient of two whole numbers down",
            confidence=0.95,
        )
    return draft


def tree_of(source: str) -> ast.Module | None:
    """The cell's syntax, its magics as plain names; None if it has none."""
    masked = mask(source)
    try:
        return None if masked is None else ast.parse(masked.text)
    except (SyntaxError, ValueError):
        return None


def floored(source: str, chosen: Callable[[ast.BinOp], bool]) -> str:
    """The cell with ``//`` for ``/`` in the divisions that are chosen."""
    masked = mask(source)
    tree = tree_of(source)
    if masked is None or tree is None:
        return source
    lines = [line.encode() for line in masked.text.split("\n")]
    places = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and chosen(node):
            number, start = node.left.end_lineno or 0, node.left.end_col_offset or 0
            same = node.right.lineno == number
            between = lines[number - 1][start : node.right.col_offset if same else None]
            if between.count(b"/") == 1 and b"#" not in between:
                places.append((number - 1, start + between.index(b"/")))
    for number, at in sorted(places, reverse=True):
        lines[number] = lines[number][:at] + b"/" + lines[number][at:]
    return masked.restore("\n".join(line.decode() for line in lines))


def _divides_exactly(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in ast.walk(tree)
    )


def _whole_names(trees: Sequence[ast.Module]) -> frozenset[str]:
    """The names to which the notebook binds whole numbers alone."""
    bound: dict[str, list[ast.expr | None]] = {}
    for name, value in (pair for tree in trees for pair in _bindings(tree)):
        bound.setdefault(name, []).append(value)
    names = frozenset(bound)
    while True:
        kept = frozenset(n for n in names if all(_is_whole(value, names) for value in bound[n]))
        if kept == names:
            return names
        names = kept


def _bindings(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None]]:
    """Each name that is bound and what to, as far as that can be told."""
    told: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    told.add(target)
                    yield target.id, node.value
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            told.add(node.target)
            yield node.target.id, ast.BinOp(left=node.target, op=node.op, right=node.value)
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            if _counts(node.iter):
                told.add(node.target)
                yield node.target.id, ast.Constant(value=0)
        elif isinstance(node, ast.arg):
            yield node.arg, None
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0], None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in told:
            yield node.id, None


def _counts(node: ast.expr) -> bool:
    """True for ``range(…)``, and for a list of it."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    return node.func.id in _COUNTS or (
        node.func.id == "list" and len(node.args) == 1 and _counts(node.args[0])
    )


def _is_whole(node: ast.expr | None, names: frozenset[str]) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) is int
        case ast.Name(id=name):
            return name in names
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return _is_whole(inner, names)
        case ast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _EXACT) and _is_whole(left, names) and _is_whole(right, names)
        case ast.Call(func=ast.Name(id="len" | "int")):
            return True
    return False
