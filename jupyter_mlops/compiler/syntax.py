"""Small questions to syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

_WRITES = re.compile(r"to_|.*save|.*write|.*dump|.*export|mkdir|touch|unlink|rename|replace|remove")
_READS = re.compile(r"open$|read|.*load|imread|genfromtxt")
_NEW_MODES = {mode + kind for mode in ("w", "x", "w+") for kind in ("", "b", "t")}
_WRITE_MODES = _NEW_MODES | {mode + kind for mode in ("a", "r+", "a+") for kind in ("", "b", "t")}
_LOOKS_ONLY = frozenset(
    {"boxplot", "copy", "corr", "count", "describe", "display", "groupby", "head", "hist", "info"}
    | {"isna", "items", "keys", "mean", "plot", "predict", "query", "sample", "score", "show"}
    | {"sum", "tail", "value_counts", "values"}
)


def mutated(node: ast.AST) -> Iterator[str]:
    """Root names that a node, by itself, shows to be changed in place."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = [t for t in node.targets if not isinstance(t, ast.Name)]
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = [t for t in node.targets if not isinstance(t, ast.Name)]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if isinstance(function, ast.Attribute) and function.attr not in _LOOKS_ONLY:
            targets = [function.value]
    for target in targets:
        name = root(target)
        if name is not None:
            yield name


def root(node: ast.expr) -> str | None:
    """The name at the root of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def callee(node: ast.Call) -> str:
    """``f``, ``a.f``, or ``.f`` for a method of anything but a name."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return (
            f"{function.value.id if isinstance(function.value, ast.Name) else ''}.{function.attr}"
        )
    return function.id if isinstance(function, ast.Name) else ""


def looks_like_path(value: object) -> TypeGuard[str]:
    """True for a string such as ``data/x.csv`` or ``..``."""
    if not isinstance(value, str) or not 1 < len(value) < 250 or "://" in value:
        return False
    if any(c.isspace() for c in value):
        return False
    return leads_up(value) or bool(("/" in value or "." in value[1:-1]) and value.strip("./"))


def leads_up(path: str) -> bool:
    """True for a path such as ``..`` or ``../x.csv``."""
    return path == ".." or path.startswith("../")


def catches_name_error(handler: ast.ExceptHandler) -> bool:
    """True if a missing name in the guarded block is no error."""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    return bool(names & {"NameError", "Exception", "BaseException"})


def leading_name(text: str) -> str:
    """The identifier that the text begins with, or an empty string."""
    length = 0
    while length < len(text) and text[: length + 1].isidentifier():
        length += 1
    return text[:length]


def read_paths(node: ast.Call) -> set[str]:
    """Paths that a call such as ``pd.read_csv("x.csv")`` reads, or appends to."""
    name = _method(node)
    if not _READS.match(name):
        return set()
    texts = set(_constants(node, without=_WRITES))
    if name == "open" and texts & _NEW_MODES:
        return set()
    return {text for text in texts if looks_like_path(text)}


def written_paths(node: ast.Call) -> set[str]:
    """Paths that a call such as ``df.to_csv("x.csv")`` writes."""
    name = _method(node)
    if name != "open" and not _WRITES.match(name):
        return set()
    texts = set(_constants(node, without=_READS))
    if name == "open" and not texts & _WRITE_MODES:
        return set()
    return {text for text in texts if looks_like_path(text)}


def _method(node: ast.Call) -> str:
    return callee(node).rpartition(".")[2]


def _constants(node: ast.Call, *, without: re.Pattern[str]) -> Iterator[str]:
    """The strings in a call; those in calls within it that ``without`` matches are left out."""
    pending: list[ast.AST] = list(ast.iter_child_nodes(node))
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif not (isinstance(part, ast.Call) and without.match(_method(part))):
            pending.extend(ast.iter_child_nodes(part))
