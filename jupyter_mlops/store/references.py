"""Which objects a run, an execution or a schedule needs, and for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.model.schedule import Schedule

Reference = tuple[str, str]
"""The digest of an object, and what it is to whom."""


def references_of_execution(execution: Execution) -> Iterator[Reference]:
    """The objects of an execution; of what it only read, those that the store keeps."""
    who, result = f"execution {execution.execution}", execution.result
    single = (
        (execution.source, "the source notebook"),
        (execution.stage, "the stage notebook"),
        (execution.environment.lock, "the lock"),
        (execution.environment.sbom, "the bill of materials"),
        (result.notebook, "the executed notebook"),
        (result.log, "the log"),
    )
    yield from ((digest, f"{what} of {who}") for digest, what in single if digest is not None)
    yield from _artifacts((*execution.inputs, *execution.files), "received by", who)
    yield from _artifacts(execution.kept, "read by", who)
    yield from _artifacts((*result.groups, *result.files_written), "left by", who)


def references_of_run(run: Run) -> Iterator[Reference]:
    """The objects of a run and of its step reports."""
    yield run.source, f"the source notebook of run {run.run}"
    if run.sweep is not None:
        yield run.sweep, f"the sweep of run {run.run}"
    for report in run.steps:
        who = f"step {report.step} of run {run.run}"
        if report.log is not None:
            yield report.log, f"the log of {who}"
        received = (item for item in report.inputs if isinstance(item, Group))
        yield from _artifacts(received, "received by", who)
        yield from _artifacts(report.outputs, "left by", who)


def references_of_schedule(schedule: Schedule) -> Iterator[Reference]:
    """The notebook that a schedule is pinned to."""
    if schedule.revision is not None:
        yield schedule.revision, f"the notebook of schedule {schedule.name}"


def _artifacts(items: Iterable[Group | FileRef], how: str, who: str) -> Iterator[Reference]:
    for item in items:
        what = item.label if isinstance(item, Group) else item.path
        if item.digest is not None:
            yield item.digest, f"{what}, {how} {who}"
