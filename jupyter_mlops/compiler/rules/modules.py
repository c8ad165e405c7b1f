"""Changes to imported modules that later steps may not see (ML307, ML308)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache

from jupyter_mlops.compiler.declarations import first_effect
from jupyter_mlops.compiler.layout import CodeCell, Layout
from jupyter_mlops.errors import Diagnostic, Edit
from jupyter_mlops.notebook.source import Source


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Attributes of modules and of what they hold, set in a step that others follow."""
    found = [
        (code, *attribute)
        for step in layout.steps[:-1]
        for code in step.cells
        for attribute in _set_attributes(code, layout.imported)
    ]
    if not found:
        return
    defined = {
        name
        for code in layout.in_order()
        for statement in code.source.tree.body
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for name in (statement.name,)
    }
    plain = {
        alias.asname or alias.name.partition(".")[0]
        for code in layout.in_order()
        for node in ast.walk(code.source.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for code, path, line, value in found:
        if not _is_own_code(value, defined):
            yield _finding(code, path, line, plain, _as_shared(code, layout.imported))


def _is_own_code(value: ast.expr | None, defined: Set[str]) -> bool:
    """True for the notebook's own functions and classes, which are carried."""
    match value:
        case ast.Lambda():
            return True
        case ast.Name(id=name):
            return name in defined
        case ast.Call(func=ast.Name(id="property" | "staticmethod" | "classmethod"), args=[one]):
            return _is_own_code(one, defined)
    return False


def _finding(
    code: CodeCell,
    path: list[str],
    line: int,
    plain: Set[str],
    edit: Edit | None,
) -> Diagnostic:
    text = ".".join(path)
    if len(path) > 2 or path[0] not in plain:
        return code.diagnostic(
            "ML307",
            f"`{text}` is changed here for this step only: later steps import it anew",
            "put the change into a `shared` cell, which is replayed in every step",
            line=line,
            severity="warning",
            edit=edit,
        )
    return code.diagnostic(
        "ML308",
        f"`{text}`, a global of the module {path[0]!r}, is set here; unless the module is a file "
        "of the project, for this step only: later steps import it anew",
        f"set `{text}` in a `shared` cell, or pass the value to the functions that need it",
        line=line,
        severity="warning",
    )


def _as_shared(code: CodeCell, imported: Set[str]) -> Edit | None:
    """The tag ``shared``, where the cell does nothing else and begins no step."""
    if code.cell.tags or first_effect(code.source.tree, imported) is not None:
        return None
    return Edit(cell_id=code.cell.id, kind="add-tag", new="shared")


def _set_attributes(
    code: CodeCell, imported: Set[str]
) -> Iterator[tuple[list[str], int, ast.expr | None]]:
    """Path, line and new value of each attribute of an imported thing that the cell sets."""
    names = code.names
    mutated = names.mutates | names.deferred.mutates
    if not (names.modules or mutated & imported or "attr(" in code.source.text):
        return
    for path, line, value in _attributes(code.source):
        if path[0] in imported and not _is_carried(path):
            yield path, line, value


@lru_cache(maxsize=2048)
def _attributes(source: Source) -> Sequence[tuple[list[str], int, ast.expr | None]]:
    """Path, line and new value of each attribute that the cell sets."""
    return [
        (path, target.lineno, value)
        for node in ast.walk(source.tree)
        for targets, value in (_targets(node),)
        for target in targets
        if len(path := _path(target)) > 1
    ]


def _is_carried(path: list[str]) -> bool:
    """True for variables of the notebook, and for the ambient ``sys.path``, ``pd.options.…``."""
    return path[0] == "__main__" or path == ["sys", "path"] or path[1] == "options"


def _targets(node: ast.AST) -> tuple[list[ast.expr], ast.expr | None]:
    if isinstance(node, ast.Assign):
        flat = [e for t in node.targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
        return flat, node.value
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target], node.value
    if isinstance(node, ast.Delete):
        return list(node.targets), None
    match node:
        case ast.Call(
            func=ast.Name(id="setattr" | "delattr"),
            args=[place, ast.Constant(value=str(name)), *rest],
        ):
            target = ast.Attribute(value=place, attr=name, ctx=ast.Store())
            return [ast.copy_location(target, node)], rest[0] if rest else None
    return [], None


def _path(node: ast.expr) -> list[str]:
    """``["a", "b", "c"]`` for ``a.b.c``; empty for anything but attributes of a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
