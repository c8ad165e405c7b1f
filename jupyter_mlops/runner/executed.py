"""The executed notebook of a step: in the run's folder, else among the objects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run, StepReport
    from jupyter_mlops.store import Store


class NoExecutedNotebook(MlopsError):
    """The step has no executed notebook, or none any more."""


def executed_path(run: Run, report: StepReport) -> Path:
    """Where the executed notebook of a step is, unless somebody removed it.

    Raises:
        NoExecutedNotebook: the step has none.
    """
    if report.notebook is None:
        raise NoExecutedNotebook(
            f"step {report.step} of run {run.run} has no executed notebook: it is {report.state}",
            fix=report.why,
        )
    return Path(report.notebook)


def read_executed(store: Store, report: StepReport, path: Path) -> bytes:
    """The executed notebook; the recorded object if the file at ``path`` is gone.

    Raises:
        NoExecutedNotebook: it is gone, and was not recorded.
        StoreError: the recorded object is missing or damaged.
    """
    if path.exists():
        return path.read_bytes()
    recorded = report.execution and store.catalog.execution(report.execution).result.notebook
    if not recorded:
        raise NoExecutedNotebook(f"{path} is gone, and no copy of it was recorded")
    return store.objects.read_bytes(recorded)
