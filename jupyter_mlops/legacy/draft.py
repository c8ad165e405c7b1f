"""A notebook on its way from old to new: its cells as they stand, and every change so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from jupyter_mlops.model.conversion import Patch

Kind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCell:
    """One cell.

    Attributes:
        id: nbformat id, which it keeps.
        position: 1-based, in the old notebook; 0 for a cell that was put in.
        kind: ``code``, ``markdown`` or ``raw``.
        source: as it stands.
        stored: outputs that the old notebook held, as nbformat 4 writes them.
        count: the execution count that it held, or None.
        metadata: of the cell.
    """

    id: str
    position: int
    kind: Kind
    source: str
    stored: tuple[Mapping[str, Any], ...] = ()
    count: int | None = None
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The notebook as it stands.

    Attributes:
        cells: in the order in which they run.
        patches: every change, in the order in which they were made.
        requirements: what the notebook installed itself, as ``pip`` takes it.
        files: what stands in the repository instead: path from its top → text of a module that was
            mended, or the place of a file that was fetched.
        metadata: of the notebook.
    """

    cells: tuple[DraftCell, ...]
    patches: tuple[Patch, ...] = ()
    requirements: tuple[str, ...] = ()
    files: Mapping[str, str | Path] = field(default_factory=dict)
    metadata: Mapping[str, Any]

    @property
    def code(self) -> tuple[DraftCell, ...]:
        """The code cells that hold something."""
        return tuple(cell for cell in self.cells if cell.kind == "code" and cell.source.strip())

    def cell(self, identity: str) -> DraftCell:
        """The cell of that id."""
        return next(cell for cell in self.cells if cell.id == identity)

    def edited(
        self, identity: str, source: str, *, rule: str, reason: str, confidence: float
    ) -> Draft:
        """The draft with another source in one cell, and the patch that says so.

        The draft itself if the source is what it was.
        """
        old = self.cell(identity)
        if old.source == source:
            return self
        patch = Patch(
            cell=old.position,
            rule=rule,
            reason=reason,
            confidence=confidence,
            before=old.source,
            after=source,
        )
        cells = tuple(
            replace(cell, source=source) if cell.id == identity else cell for cell in self.cells
        )
        return replace(self, cells=cells, patches=(*self.patches, patch))

    def requiring(self, *packages: str) -> Draft:
        """The draft that needs further packages, as ``pip`` takes them."""
        return replace(self, requirements=tuple(dict.fromkeys((*self.requirements, *packages))))

    def noted(self, *, rule: str, reason: str, before: str, after: str, confidence: float) -> Draft:
        """The draft with a patch that concerns the notebook as a whole."""
        patch = Patch(
            cell=0, rule=rule, reason=reason, confidence=confidence, before=before, after=after
        )
        return replace(self, patches=(*self.patches, patch))

    def document(self, outputs: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
        """The notebook as nbformat 4.5.

        Args:
            outputs: of code cells, by id.
        """
        cells = []
        for cell in self.cells:
            content: dict[str, Any] = {
                "cell_type": cell.kind,
                "id": cell.id,
                "metadata": dict(cell.metadata),
                "source": cell.source,
            }
            if cell.kind == "code":
                content |= {"execution_count": None, "outputs": list(outputs.get(cell.id, ()))}
            cells.append(content)
        return {"cells": cells, "metadata": dict(self.metadata), "nbformat": 4, "nbformat_minor": 5}
