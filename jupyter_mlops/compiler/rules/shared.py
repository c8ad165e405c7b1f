"""Shared cells that do more than declare, or that need a step's result (ML108, ML304)."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlops.compiler.declarations import first_effect
from jupyter_mlops.compiler.layout import Layout
from jupyter_mlops.errors import Diagnostic, Edit


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Shared cells are replayed at the start of every step; what they hold must allow that."""
    bound_by = {
        name: step.name for step in layout.steps for code in step.cells for name in code.names.binds
    }
    outside = {n for c in (*layout.parameters, *layout.shared) for n in c.names.binds}
    for code in layout.shared:
        for name, line in code.names.exposed.items():
            if name in bound_by and name not in outside:
                yield code.diagnostic(
                    "ML304",
                    f"this shared cell reads `{name}`, which step {bound_by[name]!r} binds",
                    "remove the tag `shared`, so that the cell belongs to the step above it",
                    line=line,
                    edit=Edit(cell_id=code.cell.id, kind="remove-tag", old="shared")
                    if "shared" in code.cell.tags
                    else None,
                )
        line_of_effect = first_effect(code.source.tree, layout.imported)
        if line_of_effect is not None:
            yield code.diagnostic(
                "ML108",
                "a shared cell is replayed in every step, and this one does more than declare",
                "keep imports, definitions, constants and options in it; move the rest to a step",
                line=line_of_effect,
                severity="warning",
            )
