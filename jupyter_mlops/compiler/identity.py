"""Code identity: the syntax trees of a step's cells and of the shared statements that it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from jupyter_mlops.compiler.layout import CodeCell
from jupyter_mlops.compiler.names import Names
from jupyter_mlops.compiler.walker import statement_names
from jupyter_mlops.model import identity


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStatement:
    """A top-level statement of a shared cell."""

    position: int
    text: str
    names: Names

    @property
    def has_effect(self) -> bool:
        """True if it does something besides binding names (an option, a seed, a star import)."""
        return not self.names.binds or bool(self.names.stars or self.names.mutates)


def shared_statements(cells: Iterable[CodeCell]) -> tuple[SharedStatement, ...]:
    """The statements of the shared cells, in notebook order."""
    return tuple(
        SharedStatement(position=code.cell.position, text=ast.dump(node), names=names)
        for code in cells
        for node, names in statement_names(code.source)
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )


def needed_statements(
    statements: Sequence[SharedStatement], names: Set[str], *, everything: bool
) -> tuple[SharedStatement, ...]:
    """The shared statements that code which reads ``names`` needs, in notebook order."""
    wanted = set(names)
    chosen: set[int] = set()
    grown = True
    while grown:
        grown = False
        for index in range(len(statements) - 1, -1, -1):
            own = statements[index].names
            if index not in chosen and (
                everything or statements[index].has_effect or wanted & own.binds.keys()
            ):
                chosen.add(index)
                wanted |= own.exposed.keys() | own.deferred.reads.keys()
                grown = True
    return tuple(statements[index] for index in sorted(chosen))


def code_digest(shared: Iterable[SharedStatement], cells: Iterable[CodeCell]) -> str:
    """The digest of a step's code; comments, formatting and markdown do not count."""
    return identity.of_code(
        [s.text for s in shared] + [f"{c.role}:{ast.dump(c.source.tree)}" for c in cells]
    )
