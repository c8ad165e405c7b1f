"""The certificate of bytes that an execution made."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyter_mlops.errors import NotebookError, ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.trace import Birth, CellCode, Sighting
from jupyter_mlops.notebook.document import NotebookCell, parse_notebook

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Execution
    from jupyter_mlops.store import Store

_OURS = "mlops-"


def read_birth(store: Store, made: Sighting) -> Birth:
    """The certificate of what an execution made.

    Raises:
        StoreError: the execution's record is missing or damaged.
    """
    execution = store.catalog.execution(made.execution)
    run = store.catalog.find_run(execution.run)
    cells = _cells(store, execution)
    return Birth(
        made=made,
        cell=_cell_of(made, cells),
        cells=cells,
        code=execution.code,
        stage=execution.stage,
        source=execution.source,
        notebook=run.notebook,
        parameters=execution.parameters,
        files=tuple(f for f in execution.result.files_read if not f.path.endswith("/")),
        environment=execution.environment,
        reason=run.reason,
        git=run.git,
        why=execution.why,
        user=execution.user,
        host=execution.host,
        started=execution.result.started,
        ended=execution.result.ended,
    )


def _cells(store: Store, execution: Execution) -> tuple[CellCode, ...]:
    """The step's own cells as they ran, with their place in the source notebook."""
    positions = {cell.id: cell.position for cell in _read(store, execution.source)}
    return tuple(
        CellCode(cell=positions.get(cell.id), id=cell.id, source=cell.source)
        for cell in _read(store, execution.stage)
        if cell.kind == "code" and "shared" not in cell.tags and not cell.id.startswith(_OURS)
        if "parameters" not in cell.tags
    )


def _read(store: Store, digest: str) -> tuple[NotebookCell, ...]:
    try:
        return parse_notebook(store.objects.read_bytes(digest), Path(digest)).cells
    except (ObjectMissing, ObjectCorrupted, NotebookError):
        return ()


def _cell_of(made: Sighting, cells: tuple[CellCode, ...]) -> CellCode | None:
    """The one cell that can have made it, or None."""
    if made.kind == "figure":
        found = [cell for cell in cells if cell.id == made.name]
    elif made.kind not in ("file", "variables"):
        return None
    elif len(cells) == 1 or made.kind == "variables":
        found = list(cells)
    else:
        found = [cell for cell in cells if PurePosixPath(made.name).name in cell.source]
    return found[0] if len(found) == 1 else None
