"""What each cell and step of a laid-out notebook is, as an editor shows it."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlops.compiler.layout import Layout, StepLayout
from jupyter_mlops.model.outline import CellPlace, PlaceRole, StepOutline
from jupyter_mlops.notebook.document import Notebook
from jupyter_mlops.notebook.tags import read_tags


def places(notebook: Notebook, layout: Layout) -> Iterator[CellPlace]:
    """Every code cell, also those without text and those that are not Python."""
    placed: dict[str, tuple[PlaceRole, str | None]] = {}
    placed |= {code.cell.id: ("parameters", None) for code in layout.parameters}
    placed |= {code.cell.id: ("shared", None) for code in layout.shared}
    placed |= {code.cell.id: ("skip", None) for code in layout.skipped}
    placed |= {code.cell.id: (code.role, s.name) for s in layout.steps for code in s.cells}
    current, shown = None, None
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        tags, _ = read_tags(cell)
        current = tags.step or current
        role, step = placed.get(cell.id, (tags.role or "code", current))
        if role in ("parameters", "shared", "skip"):
            step = None
        current = step or current
        yield CellPlace(
            cell_id=cell.id,
            cell=cell.position,
            role=role,
            step=step,
            first=step is not None and step != shown,
        )
        shown = step or shown


def outline_of(step: StepLayout) -> StepOutline:
    """The step as its tags and settings make it."""
    settings = step.settings
    return StepOutline(
        step=step.name,
        cells=tuple(code.cell.id for code in step.cells),
        description=step.description,
        resources=settings.effective_resources,
        image=settings.image,
        dockerfile=settings.dockerfile,
        environment=settings.environment,
        environ=settings.environ,
        containment=settings.containment,
    )
