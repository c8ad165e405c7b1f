"""Step reports: what people and programs are told about one step of a run."""

from __future__ import annotations

from jupyter_mlops.model.run import Execution, StepReport, StepState
from jupyter_mlops.runner.plan import StepPlan
from jupyter_mlops.store.reports import report_execution


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
    """The report of a step whose outputs are those of the execution, now or earlier."""
    return report_execution(
        execution,
        state=state,
        why=why,
        notebook=str(plan.exported),
        inputs=plan.inputs.groups,
    )
