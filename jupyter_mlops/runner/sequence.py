"""The steps of a run, one after another in notebook order."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlops.errors import ExecutionGone
from jupyter_mlops.model.pipeline import Step
from jupyter_mlops.model.run import RunState, StepReport, StepResult
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.context import RunContext
from jupyter_mlops.runner.naming import iso, now
from jupyter_mlops.runner.perform import export_notebook, perform
from jupyter_mlops.runner.plan import StepPlan, find_reusable, plan_step, refusal_error
from jupyter_mlops.runner.recorder import Recorder
from jupyter_mlops.runner.report import begin_report, report_of
from jupyter_mlops.runner.reuse import Verdict
from jupyter_mlops.runner.table import VersionTable
from jupyter_mlops.store.disk import disk_problems
from jupyter_mlops.store.reports import describe_failure


def run_steps(context: RunContext, recorder: Recorder) -> RunState:
    """What becomes of the run when each of its steps has succeeded, failed or been skipped.

    Raises:
        Cancelled: the run is to stop; the steps that are not finished are left as they stand.
        StoreError: the store cannot be written.
    """
    table = VersionTable()
    for position, step in enumerate(context.pipeline.steps):
        if context.is_cancelled():
            raise Cancelled
        obstacle = _obstacle(step, recorder.run.steps[:position])
        if obstacle is not None:
            recorder.step(position, StepReport(step=step.name, state="skipped", why=obstacle))
            continue
        plan = plan_step(context, position, context.inputs or table.inputs_of(step))
        with context.turn(plan.key):
            result = _run_step(context, plan, recorder)
        if result is not None and result.state == "succeeded":
            table.advance(plan.inputs, result)
    return (
        "failed" if any(report.state == "failed" for report in recorder.run.steps) else "succeeded"
    )


def _obstacle(step: Step, earlier: tuple[StepReport, ...]) -> str | None:
    """Why the step must be skipped, or None: a check that failed, or a step that it depends on."""
    for report in earlier:
        if report.error is not None and report.error.check:
            return f"a check of step {report.step} failed, and nothing runs after it"
    for report in earlier:
        if report.step in step.depends and report.state in ("failed", "skipped"):
            became = "failed" if report.state == "failed" else "was skipped"
            return f"step {report.step}, which it may depend on, {became}"
    return None


def _run_step(context: RunContext, plan: StepPlan, recorder: Recorder) -> StepResult | None:
    """What the step left, now or in the execution that is reused; None if it was refused."""
    error = refusal_error(plan)
    if error is not None:
        why = describe_failure(error)
        recorder.step(plan.position, replace(begin_report(plan, "failed", why), error=error))
        return None
    verdict = find_reusable(context, plan)
    if (known := verdict.execution) is not None:
        export_notebook(context, plan, known)
        try:
            recorder.step(plan.position, report_of(plan, known, "reused", verdict.why))
        except ExecutionGone as gone:
            with disk_problems(plan.exported):
                plan.exported.unlink(missing_ok=True)
            verdict = Verdict(why=gone.message)
        else:
            return known.result

    def on_attempt(number: int, why: str) -> None:
        report = replace(begin_report(plan, "running", why), attempts=number, started=iso(now()))
        recorder.step(plan.position, report)

    execution = perform(
        context, plan, verdict.why, on_attempt=on_attempt, on_event=recorder.announce
    )
    result = execution.result
    recorder.step(plan.position, report_of(plan, execution, result.state, execution.why))
    return result
