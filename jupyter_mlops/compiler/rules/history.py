"""Reads of what IPython remembers of earlier cells: ``_``, ``Out[3]``, ``In`` (ML309)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_mlops.compiler.layout import CodeCell, Layout
from jupyter_mlops.errors import Diagnostic
from jupyter_mlops.notebook.source import MAGIC

HISTORY = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[io]h|_exit_code|In|Out")
"""The names that IPython binds to inputs and results of earlier cells."""

_ANNOTATIONS = "__annotations__"


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Reads that reach into another step, or count cells as only the whole notebook does.

    What the last results and inputs are (``_``, ``_i``) is known if cells of the same step gave
    them; numbers are another matter, for a step counts its own cells.
    """
    outside = {n for c in (*layout.parameters, *layout.shared) for n in _binds(c)}
    annotated = any(_annotates(c) for c in (*layout.parameters, *layout.shared))
    for step in layout.steps:
        bound = set(outside)
        results = cells = 0
        for code in step.cells:
            reads = {**code.names.deferred.reads, **code.names.exposed}
            if _ANNOTATIONS in reads and annotated:
                yield code.diagnostic(
                    "ML309",
                    f"`{_ANNOTATIONS}` holds what cells of other steps annotated, too, and step "
                    f"{step.name!r} does not know that",
                    "keep what you want to know of the annotations in a variable of its own",
                    line=reads[_ANNOTATIONS],
                )
            for name, line in reads.items():
                if not HISTORY.fullmatch(name) or name in bound | _binds(code):
                    continue
                if not _is_near(name, code, results=results, cells=cells):
                    yield code.diagnostic(
                        "ML309",
                        f"`{name}` is what IPython remembers of another cell, and step "
                        f"{step.name!r} does not remember the same",
                        "give the value a name where it arises, and read that name",
                        line=line,
                    )
            bound |= _binds(code)
            cells += 1
            results += _gives_a_result(code)
        annotated = annotated or any(map(_annotates, step.cells))


def _is_near(name: str, code: CodeCell, *, results: int, cells: int) -> bool:
    if set(name) == {"_"}:
        return len(name) <= results
    if re.fullmatch(r"_i{1,3}", name):
        return len(name) - 1 <= cells
    return name == "_exit_code" and MAGIC in code.source.text


def _gives_a_result(code: CodeCell) -> bool:
    body = code.source.tree.body
    if not body or not isinstance(body[-1], ast.Expr) or code.cell.source.rstrip().endswith(";"):
        return False
    value = body[-1].value
    is_none = isinstance(value, ast.Constant) and value.value is None
    is_print = (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in ("print", "display", MAGIC)
    )
    return not is_none and not is_print


def _annotates(code: CodeCell) -> bool:
    return any(isinstance(statement, ast.AnnAssign) for statement in code.source.tree.body)


def _binds(code: CodeCell) -> set[str]:
    return code.names.binds.keys() | code.names.deferred.binds
