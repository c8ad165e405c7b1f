"""Performing one step: attempts until one succeeds, each recorded as an execution."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from jupyter_mlops.errors import EngineError, ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Resources
from jupyter_mlops.model.run import CellError, Execution, StepResult
from jupyter_mlops.model.task import Task
from jupyter_mlops.runner.attempt import Attempt
from jupyter_mlops.runner.context import RunContext
from jupyter_mlops.runner.naming import execution_name, iso, now
from jupyter_mlops.runner.plan import StepPlan, spec_of
from jupyter_mlops.runner.salvage import UNKNOWN, announce_execution, announce_kept
from jupyter_mlops.runner.take import discard_attempts, take_outputs
from jupyter_mlops.store.disk import disk_problems, write_new

_LONGEST_PAUSE = 600.0


def perform(
    context: RunContext,
    plan: StepPlan,
    why: str,
    *,
    on_attempt: Callable[[int, str], None],
    on_event: Callable[[Mapping[str, Any]], None],
) -> Execution:
    """The last attempt's execution, recorded: the first that succeeded, or a failed one.

    Args:
        context: the run.
        plan: the step.
        why: why it runs.
        on_attempt: called before each attempt with its number and why it is made.
        on_event: hears the attempts' events.

    Raises:
        Cancelled: the run is to stop; nothing of the step runs any more.
        StoreError: the store cannot be written.
    """
    attempts = plan.step.resources.retries + 1
    number, reason = 0, why
    try:
        while True:
            number += 1
            on_attempt(number, reason)
            result = _attempt(context, plan, number, reason, on_event)
            execution = _record(context, plan, number, reason, result)
            if result.state == "succeeded" or number == attempts:
                return execution
            kind = result.error.kind if result.error is not None else "failure"
            reason = f"attempt {number + 1} of {attempts}, after {kind}"
            context.pause(pause_before(number + 1, plan.step.resources))
    finally:
        with disk_problems(plan.folder):
            discard_attempts(plan.folder)


def _attempt(
    context: RunContext,
    plan: StepPlan,
    number: int,
    why: str,
    on_event: Callable[[Mapping[str, Any]], None],
) -> StepResult:
    """What attempt ``number`` left, all of it in the store; failed if it could not even start."""
    started, since = iso(now()), time.time_ns()
    task = Task(
        run=context.run,
        step=plan.step.name,
        attempt=number,
        folder=str(plan.folder),
        source=str(context.root),
        root=str(context.place or context.root),
        resources=plan.step.resources,
        image=plan.environment.image,
        data=plan.step.containment.data,
        left_out=context.left_out,
        secrets=context.secrets_of(plan.step),
    )
    try:
        _lay_out(context, plan, number, why)
        result = Attempt(
            engine=context.engine, task=task, on_event=on_event, is_cancelled=context.is_cancelled
        ).run()
    except (EngineError, ObjectMissing, ObjectCorrupted) as problem:
        error = CellError(kind=type(problem).__name__, message=str(problem))
        result = StepResult(
            attempt=number,
            state="failed",
            started=started,
            ended=max(started, iso(now())),
            error=error,
        )
    given = {file.path for file in plan.inputs.files}
    context.judge.project.learn(
        (
            read
            for read in result.files_read
            if read.path not in given and not plan.environment.holds(read.path)
        ),
        since=since,
    )
    return take_outputs(result, plan.folder, context.store.objects)


def _lay_out(context: RunContext, plan: StepPlan, number: int, why: str) -> None:
    """Make the step's folder with its spec and inputs, and the attempt's own folder."""
    inputs = plan.folder / "inputs"
    with disk_problems(plan.folder):
        (plan.folder / "attempts" / str(number)).mkdir(parents=True)
        inputs.mkdir(exist_ok=True)
        (plan.folder / "result.json").unlink(missing_ok=True)
        write_new(plan.folder / "spec.json", json.dumps(to_json(spec_of(context, plan))).encode())
        announce_execution(plan.folder, _execution(context, plan, number, why, UNKNOWN))
    objects = context.store.objects
    objects.each(_input_digests(plan), lambda digest: objects.checkout(digest, inputs))


def _input_digests(plan: StepPlan) -> set[str]:
    groups, files = plan.inputs.groups, plan.inputs.files
    written = {file.digest for file in files if file.digest is not None}
    return {plan.stage, *written, *(group.digest for group in groups)}


def _record(
    context: RunContext, plan: StepPlan, number: int, why: str, result: StepResult
) -> Execution:
    """The attempt as an execution, which is on record now, its notebook exported."""
    execution = _execution(context, plan, number, why, replace(result, attempt=number))
    kept = context.keeper.keep(result, plan.inputs.files, plan.step.containment.data)
    with disk_problems(plan.folder):
        announce_kept(plan.folder, kept)
    execution = replace(execution, kept=kept)
    context.store.catalog.record_execution(execution)
    export_notebook(context, plan, execution)
    return execution


def _execution(
    context: RunContext, plan: StepPlan, number: int, why: str, result: StepResult
) -> Execution:
    return Execution(
        execution=execution_name(context.run, plan.step.name, number),
        run=context.run,
        step=plan.step.name,
        attempt=number,
        key=plan.key,
        code=plan.step.code,
        parameters=plan.parameters,
        inputs=plan.inputs.groups,
        files=plan.inputs.files,
        environment=plan.environment,
        stage=plan.stage,
        source=context.source,
        why=why,
        user=context.user,
        host=context.host,
        result=result,
    )


def export_notebook(context: RunContext, plan: StepPlan, execution: Execution) -> None:
    """Put the execution's notebook, if it left one, where people find it."""
    if execution.result.notebook is not None:
        with disk_problems(plan.exported):
            plan.exported.parent.mkdir(parents=True, exist_ok=True)
        context.store.objects.export(execution.result.notebook, plan.exported)


def pause_before(attempt: int, resources: Resources) -> float:
    """Seconds to wait before an attempt: ``backoff`` before the second, then twice as long each.

    No pause is longer than ten minutes, but for a ``backoff`` that is itself longer.
    """
    longest = max(_LONGEST_PAUSE, resources.backoff)
    return min(resources.backoff * 2.0 ** min(attempt - 2, 64), longest)
