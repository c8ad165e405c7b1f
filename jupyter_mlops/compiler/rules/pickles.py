"""Values that a pickle gives back with something missing (ML310 to ML313)."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeGuard

from jupyter_mlops.compiler.layout import Layout
from jupyter_mlops.errors import Diagnostic
from jupyter_mlops.notebook.source import Source

_FINALIZER = ("__del__",)
_HOOKS = ("__reduce__", "__reduce_ex__")
_FRAMES = frozenset({"DataFrame", "Series"})
_CACHES = frozenset({"lru_cache", "cache"})


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Classes that say themselves what is carried, shared memory, caches."""
    if len(layout.steps) < 2:
        return
    yield from _caches(layout)
    for code in layout.in_order():
        for node in _suspects(code.source):
            if isinstance(node, ast.ClassDef) and (last := _hook(node, _FINALIZER)) is not None:
                yield code.diagnostic(
                    "ML312",
                    f"`__del__` of class `{node.name}` runs where an instance dies: each step "
                    "has copies of the instances that it reads, and none of one that it binds anew",
                    "give the class a method that ends it (or make it a context manager), and "
                    "call that",
                    line=last.lineno,
                    severity="warning",
                )
            if isinstance(node, ast.ClassDef) and (hook := _hook(node, _HOOKS)) is not None:
                yield code.diagnostic(
                    "ML310",
                    f"class `{node.name}` says itself what is carried of its instances: what its "
                    f"`{hook.name}` leaves out is lost on the way to later steps",
                    f"let `{hook.name}` keep all that later steps read, or remove it",
                    line=hook.lineno,
                    severity="warning",
                )
            elif isinstance(node, ast.Call):
                yield code.diagnostic(
                    "ML311",
                    f"`{ast.unparse(node.func)}` shares the memory of its array: in later steps a "
                    "change of one may not be seen in the other",
                    "make a copy, or change and read both in one step",
                    line=node.lineno,
                    severity="warning",
                )


@lru_cache(maxsize=2048)
def _suspects(source: Source) -> Sequence[ast.ClassDef | ast.Call]:
    """The classes of a cell, and the calls that share memory."""
    return [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) or (isinstance(node, ast.Call) and _shares_memory(node))
    ]


def _caches(layout: Layout) -> Iterator[Diagnostic]:
    read = [
        {n for code in step.cells for n in (*code.names.exposed, *code.names.deferred.reads)}
        for step in layout.steps
    ]
    readers = Counter(name for names in read for name in names)
    for step, own in zip(layout.steps, read, strict=True):
        for code in step.cells:
            found = (node for node in ast.walk(code.source.tree) if _is_cache(node))
            is_read = any(readers[name] > (name in own) for name in code.names.binds)
            if is_read and (node := next(found, None)) is not None:
                yield code.diagnostic(
                    "ML313",
                    f"`{ast.unparse(node)}` keeps results in one step only: each step begins with "
                    "an empty cache, and the function runs again",
                    "keep results in a dictionary, if it matters that the function does not run",
                    line=node.lineno,
                    severity="warning",
                )


def _is_cache(node: ast.AST) -> TypeGuard[ast.Name | ast.Attribute]:
    if isinstance(node, ast.Attribute):
        return (
            node.attr in _CACHES
            and isinstance(node.value, ast.Name)
            and (node.value.id == "functools")
        )
    return isinstance(node, ast.Name) and node.id in _CACHES


def _hook(node: ast.ClassDef, names: tuple[str, ...]) -> ast.FunctionDef | None:
    return next(
        (item for item in node.body if isinstance(item, ast.FunctionDef) and item.name in names),
        None,
    )


def _shares_memory(node: ast.Call) -> bool:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "from_numpy":
        return bool(node.args) and isinstance(node.args[0], ast.Name)
    return name in _FRAMES and any(
        k.arg == "copy" and isinstance(k.value, ast.Constant) and k.value.value is False
        for k in node.keywords
    )
