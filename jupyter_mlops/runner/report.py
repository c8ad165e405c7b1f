"""Step reports: what people and programs are told about one step of a run."""

from __future__ import annotations

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import CellError, Execution, StepReport, StepState
from jupyter_mlops.runner.plan import StepPlan


def begin_report(plan: StepPlan, state: StepState, why: str) -> StepReport:
    """The report of a step that has left nothing yet."""
    return StepReport(
        step=plan.step.name,
        state=state,
        why=why,
        key=plan.key,
        inputs=plan.inputs.groups,
        environment=plan.environment,
    )


def report_of(plan: StepPlan, execution: Execution, state: StepState, why: str) -> StepReport:
    """The report of a step whose outputs are those of the execution, now or earlier.

    Groups that the step received and left as they were are inputs only.
    """
    result = execution.result
    received = {(group.names, group.digest) for group in plan.inputs.groups}
    left: list[Group | FileRef] = [g for g in result.groups if (g.names, g.digest) not in received]
    return StepReport(
        step=plan.step.name,
        state=state,
        why=why if result.error is None else describe_failure(result.error),
        execution=execution.execution,
        key=plan.key,
        notebook=str(plan.exported) if result.notebook is not None else None,
        inputs=(*plan.inputs.groups, *result.files_read),
        outputs=(*left, *result.files_written),
        environment=execution.environment,
        started=result.started,
        ended=result.ended,
        metrics=result.metrics,
        error=result.error,
        attempts=0 if state == "reused" else execution.attempt,
        peak_memory=result.peak_memory,
        log=result.log,
    )


def describe_failure(error: CellError) -> str:
    """One line such as ``cell 7, line 2: ValueError: no such column``."""
    where = "" if error.cell is None else f"cell {error.cell}"
    if where and error.line is not None:
        where += f", line {error.line}"
    first = error.message.partition("\n")[0]
    what = f"{error.kind}: {first}" if first else error.kind
    return f"{where}: {what}" if where else what
