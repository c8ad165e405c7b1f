"""Executions as the step reports of the runs that they stand in."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import CellError, Execution, StepReport, StepState


def report_execution(
    execution: Execution,
    *,
    state: StepState,
    why: str,
    notebook: str | None,
    inputs: Sequence[Group] | None = None,
) -> StepReport:
    """The report of a step whose outputs are the execution's, now or earlier.

    Groups that the step received and left as they were are inputs only.

    Args:
        execution: what ran.
        state: of the step.
        why: why it ran or was reused; if it failed, the report says why it failed.
        notebook: where people find the executed notebook.
        inputs: the variable groups that the step received, if not by the execution's own record.
    """
    result = execution.result
    groups = execution.inputs if inputs is None else inputs
    received = {(group.names, group.digest) for group in groups}
    left: list[Group | FileRef] = [g for g in result.groups if (g.names, g.digest) not in received]
    return StepReport(
        step=execution.step,
        state=state,
        why=why if result.error is None else describe_failure(result.error),
        execution=execution.execution,
        key=execution.key,
        notebook=notebook if result.notebook is not None else None,
        inputs=(*groups, *result.files_read),
        outputs=(*left, *result.files_written),
        environment=execution.environment,
        started=result.started,
        ended=result.ended,
        metrics=result.metrics,
        error=result.error,
        attempts=0 if state == "reused" else execution.attempt,
        peak_memory=result.peak_memory,
        log=result.log,
        observed=result.observed,
        urls=result.urls,
    )


def describe_failure(error: CellError) -> str:
    """One line such as ``cell 7, line 2: ValueError: no such column``."""
    where = "" if error.cell is None else f"cell {error.cell}"
    if where and error.line is not None:
        where += f", line {error.line}"
    first = error.message.partition("\n")[0]
    what = f"{error.kind}: {first}" if first else error.kind
    return f"{where}: {what}" if where else what
