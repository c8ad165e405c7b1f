"""The runs on record, as they really are now."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError, UnknownStepError

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run, StepReport
    from jupyter_mlops.store import Store


def find_step(run: Run, name: str) -> StepReport:
    """The report of a run's step.

    Raises:
        UnknownStepError: if the run has no such step.
    """
    for report in run.steps:
        if report.step == name:
            return report
    raise UnknownStepError(f"run {run.run}", name, [report.step for report in run.steps])


def find_run(store: Store, name: str) -> Run:
    """The run of that name, of that unique beginning, or the newest for ``latest``.

    Raises:
        UnknownRun: there is none, or more than one.
    """
    run = store.catalog.find_run(name)
    if run.state != "running":
        return run
    mark_lost_runs(store)
    return store.catalog.find_run(run.run)


def mark_lost_runs(store: Store) -> None:
    """Record runs as lost whose driver died, and end what still runs of them."""
    from jupyter_mlops.runner import recover

    with suppress(StoreError):  # a store that cannot be written can still be read
        recover(store, [])
