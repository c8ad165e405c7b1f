"""Whether a cell does nothing but declare: imports, definitions, constants and options."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from jupyter_mlops.compiler.syntax import root
from jupyter_mlops.notebook.source import MAGIC

_OPTIONS = frozenset(
    {"append", "basicConfig", "filterwarnings", "getLogger", "insert", "manual_seed", "seed", "set"}
    | {"set_config", "set_context", "set_option", "set_palette", "set_printoptions", "set_style"}
    | {"set_theme", "setLevel", "setlocale", "simplefilter", "update", "use"}
)
_CONSTRUCTORS = frozenset(
    {"Decimal", "Path", "TypeVar", "compile", "date", "datetime", "dict", "float", "frozenset"}
    | {"get", "getLogger", "getenv", "int", "join", "list", "namedtuple", "range", "set", "str"}
    | {"timedelta", "tuple"}
)


def first_effect(tree: ast.Module, imported: Set[str]) -> int | None:
    """Line of the first statement that does more than declare, or None if there is none.

    Args:
        tree: the cell.
        imported: names bound by imports; options are set on these only.
    """
    for statement in tree.body:
        if not _declares(statement, imported):
            return statement.lineno
    return None


def _declares(node: ast.stmt, imported: Set[str]) -> bool:
    match node:
        case (
            ast.Import()
            | ast.ImportFrom()
            | ast.FunctionDef()
            | ast.AsyncFunctionDef()
            | ast.ClassDef()
            | ast.Pass()
        ):
            return True
        case ast.If() | ast.Try():
            return all(_declares(child, imported) for child in _blocks(node))
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(isinstance(t, ast.Name) or root(t) in imported for t in targets) and (
                node.value is None or _constant(node.value)
            )
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _option(call, imported)
    return False


def _blocks(node: ast.If | ast.Try) -> Iterator[ast.stmt]:
    yield from (*node.body, *node.orelse)
    if isinstance(node, ast.Try):
        yield from node.finalbody
        for handler in node.handlers:
            yield from handler.body


def _constant(node: ast.expr) -> bool:
    """True for literals, names, operators and constructors of plain values."""
    return not any(
        isinstance(child, ast.Await | ast.ListComp | ast.GeneratorExp | ast.Subscript)
        or (isinstance(child, ast.Call) and _attribute(child) not in _CONSTRUCTORS)
        for child in ast.walk(node)
    )


def _option(call: ast.Call, imported: Set[str]) -> bool:
    if root(call.func) == MAGIC:
        return len(call.args) == 1
    return root(call.func) in imported and _attribute(call) in _OPTIONS


def _attribute(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
