"""Values that a pickle gives back with something missing (ML310, ML311, ML312)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_mlops.compiler.layout import Layout
from jupyter_mlops.errors import Diagnostic

_FINALIZER = ("__del__",)
_HOOKS = ("__reduce__", "__reduce_ex__")
_FRAMES = frozenset({"DataFrame", "Series"})


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Classes that say themselves what is carried, and frames that share an array's memory."""
    if len(layout.steps) < 2:
        return
    for code in layout.in_order():
        for node in ast.walk(code.source.tree):
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
            elif isinstance(node, ast.Call) and _shares_memory(node):
                yield code.diagnostic(
                    "ML311",
                    f"`{ast.unparse(node.func)}` shares the memory of its array in this step only: "
                    "in later steps a change of one is not seen in the other",
                    "make a copy, or change and read both in one step",
                    line=node.lineno,
                    severity="warning",
                )


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
