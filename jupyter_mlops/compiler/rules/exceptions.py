"""Exceptions of an earlier step: caught and kept (ML314), or the last that was raised (ML309)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from jupyter_mlops.compiler.layout import MEANT_TO_FAIL, CodeCell, Layout
from jupyter_mlops.errors import Diagnostic
from jupyter_mlops.notebook.source import MAGIC, Source

_KEEPS = frozenset({"add", "append", "appendleft", "insert", "put", "setdefault"})
_LAST = frozenset({"last_exc", "last_traceback", "last_type", "last_value", "pm", "print_last"})
_LAST_MAGICS = frozenset({"%debug", "%tb"})


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Exceptions that later steps look at."""
    yield from _last_exceptions(layout)
    yield from _kept_exceptions(layout)


def _last_exceptions(layout: Layout) -> Iterator[Diagnostic]:
    """What shows the last exception, if a cell of another step was meant to raise it."""
    steps = {code.cell.id: step.name for step in layout.steps for code in step.cells}
    failed: CodeCell | None = None
    for code in layout.in_order():
        step = steps.get(code.cell.id)
        raised_in = steps.get(failed.cell.id) if failed is not None else None
        if step and failed and raised_in and raised_in != step:
            for what, line in _asked(code.source):
                yield code.diagnostic(
                    "ML309",
                    f"`{what}` shows the last exception, which cell {failed.cell.position} of step "
                    f"{raised_in!r} raised, and step {step!r} does not remember that",
                    f"tag the cell `step:{raised_in}`, or keep `traceback.format_exc()` there",
                    line=line,
                )
        if MEANT_TO_FAIL in code.cell.tags:
            failed = code


@lru_cache(maxsize=2048)
def _asked(source: Source) -> Sequence[tuple[str, int]]:
    """What shows the last exception, and the line."""
    found = []
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if (
                name == MAGIC and text.split()[0] in _LAST_MAGICS
            ):
                found.append((text.strip(), node.lineno))
            case ast.Attribute(value=ast.Name(id="sys" | "traceback" | "pdb"), attr=attribute) if (
                attribute in _LAST
            ):
                found.append((ast.unparse(node), node.lineno))
    return found


def _kept_exceptions(layout: Layout) -> Iterator[Diagnostic]:
    """Exceptions that an ``except … as e`` keeps in a variable which later steps read."""
    later: set[str] = set()
    found: list[Diagnostic] = []
    for step in reversed(layout.steps):
        for code in step.cells:
            for exception, variable, line in _kept(code.source):
                if variable in later:
                    found.append(
                        code.diagnostic(
                            "ML314",
                            f"`{exception}` is kept in `{variable}`, which later steps receive "
                            "without its traceback",
                            "keep `traceback.format_exc()` as well, if a later step shows where "
                            "it came from",
                            line=line,
                            severity="warning",
                        )
                    )
        for code in step.cells:
            later |= {*code.names.exposed, *code.names.deferred.reads}
    yield from reversed(found)


@lru_cache(maxsize=2048)
def _kept(source: Source) -> Sequence[tuple[str, str, int]]:
    """Name of a caught exception, the variable that keeps it, and the line."""
    return [
        (handler.name, variable, statement.lineno)
        for handler in ast.walk(source.tree)
        if isinstance(handler, ast.ExceptHandler) and handler.name
        for statement in handler.body
        for node in ast.walk(statement)
        for variable in _keepers(node, handler.name)
    ]


def _keepers(node: ast.AST, exception: str) -> Iterator[str]:
    """The variables in which the node keeps the exception itself."""
    match node:
        case ast.Assign(targets=targets, value=value) if _holds(value, exception):
            yield from filter(None, map(_root, targets))
        case ast.Call(func=ast.Attribute(value=place, attr=method), args=args) if (
            method in _KEEPS and any(_holds(arg, exception) for arg in args)
        ):
            if root := _root(place):
                yield root


def _holds(value: ast.expr, exception: str) -> bool:
    """True for the exception's name, also in a list, tuple, set or dictionary."""
    match value:
        case ast.Name(id=name):
            return name == exception
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return any(_holds(part, exception) for part in parts)
        case ast.Dict(values=parts):
            return any(_holds(part, exception) for part in parts)
    return False


def _root(place: ast.expr) -> str | None:
    """``a`` of ``a``, ``a.b`` and ``a[0].c``."""
    while isinstance(place, ast.Attribute | ast.Subscript):
        place = place.value
    return place.id if isinstance(place, ast.Name) else None
