"""The import statements of a pipeline: what must work in the image, and where it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from jupyter_mlops.environments.imports import Imports, follow_local, is_written
from jupyter_mlops.model.pipeline import Pipeline

Weight = Literal["certain", "inner", "optional"]
"""``certain``: runs with its cell; ``inner``: in a function or class; ``optional``: under a
condition or in a ``try``, so that the code may do without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One module that is imported.

    Attributes:
        module: its full name.
        names: what is taken from it; empty for the module itself or ``*``.
        weight: what its failure means.
        cell: 1-based position in the notebook of the first cell that has it.
        environ: variables of the process, which code above it sets.
    """

    module: str
    names: tuple[str, ...] = ()
    weight: Weight
    cell: int
    environ: tuple[tuple[str, str], ...] = ()


def statements_of(pipeline: Pipeline, *, notebook: Path) -> tuple[Statement, ...]:
    """The pipeline's imports, without modules near the notebook or written by it, in its order.

    Equal ones are named once, by their first cell, with the gravest weight.

    Args:
        pipeline: the compiled notebook.
        notebook: path of its source.
    """
    from jupyter_mlops.notebook.source import tree_of

    cells = {
        c.position: c for c in (*pipeline.shared, *(c for s in pipeline.steps for c in s.cells))
    }
    found: dict[tuple[str, tuple[str, ...]], Statement] = {}
    environ: dict[str, str] = {}
    for position in sorted(cells):
        for node in tree_of(cells[position].source).body:
            environ |= _set_variable(node)
            for statement in _statements([node], position):
                key = (statement.module, statement.names)
                known = found.get(key)
                if known is None or _GRAVITY[statement.weight] > _GRAVITY[known.weight]:
                    found[key] = replace(statement, environ=tuple(sorted(environ.items())))
    modules = {s.module.partition(".")[0] for s in found.values()}
    sources = [cell.source for cell in cells.values()]
    own = _local(modules, notebook.parent, pipeline)
    own |= {module for module in modules if is_written(module, sources)}
    return tuple(s for s in found.values() if s.module.partition(".")[0] not in own)


_GRAVITY = {"optional": 0, "inner": 1, "certain": 2}
_CONDITIONS = (ast.If, ast.Try, ast.TryStar, ast.Match, ast.IfExp)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _statements(
    body: Iterable[ast.AST], cell: int, weight: Weight = "certain"
) -> Iterator[Statement]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Statement(module=alias.name, weight=weight, cell=cell)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                names = tuple(alias.name for alias in node.names if alias.name != "*")
                yield Statement(module=node.module, names=names, weight=weight, cell=cell)
        else:
            deeper: Weight = weight
            if isinstance(node, _CONDITIONS):
                deeper = "optional"
            elif isinstance(node, _INNER) and weight == "certain":
                deeper = "inner"
            yield from _statements(ast.iter_child_nodes(node), cell, deeper)


def _set_variable(node: ast.AST) -> dict[str, str]:
    """What ``os.environ["NAME"] = "value"`` sets; nothing of other statements."""
    match node:
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Attribute(attr="environ") | ast.Name(id="environ"),
                    slice=ast.Constant(value=str(name)),
                )
            ],
            value=ast.Constant(value=str(value)),
        ):
            return {name: value}
    return {}


def _local(modules: set[str], folder: Path, pipeline: Pipeline) -> frozenset[str]:
    """Those of the modules that lie in the notebook's folder or directly below it."""
    roots = [folder, folder.parent] if pipeline.uses_parent_folder else [folder]
    folders = [
        place
        for root in roots
        if root.is_dir()
        for place in (root, *sorted(child for child in root.iterdir() if child.is_dir()))
    ]
    _, local = follow_local(Imports(certain=frozenset(modules)), folders)
    return local
