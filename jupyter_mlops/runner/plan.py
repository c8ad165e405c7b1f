"""One step of a run before it runs: what it receives, and the identity of that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.identity import of_step_key
from jupyter_mlops.model.pipeline import Step
from jupyter_mlops.model.run import CellError, Environment, StepSpec
from jupyter_mlops.runner.codechange import changed_cell
from jupyter_mlops.runner.context import RunContext
from jupyter_mlops.runner.naming import step_slot
from jupyter_mlops.runner.reuse import Verdict
from jupyter_mlops.runner.table import Inputs, describe_refusal
from jupyter_mlops.runner.variables import not_inherited, own_variables
from jupyter_mlops.runner.why import differences

_SEEDS = {"PYTHONHASHSEED": "0"}
"""One order of sets and of hashes for all steps, so that equal values have equal bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step with all that decides what it will do.

    Attributes:
        position: of the step, from 0.
        step: the compiled step.
        inputs: variables and files that it receives.
        parameters: values that it receives.
        environment: what it runs in.
        stage: digest of its stage notebook.
        key: identity of all this.
        folder: its working files.
        exported: where people find its executed notebook.
    """

    position: int
    step: Step
    inputs: Inputs
    parameters: Mapping[str, Any]
    environment: Environment
    stage: str
    key: str
    folder: Path
    exported: Path


def plan_step(context: RunContext, position: int, inputs: Inputs) -> StepPlan:
    """The plan for the step at ``position``, given what the steps before it left."""
    step = context.pipeline.steps[position]
    slot = step_slot(position, step.name)
    parameters, environment = context.parameters_of(step), context.environment_of(step)
    return StepPlan(
        position=position,
        step=step,
        inputs=inputs,
        parameters=parameters,
        environment=environment,
        stage=context.stages[step.name],
        key=of_step_key(
            code=step.code,
            parameters=parameters,
            environment=environment.digest,
            inputs={",".join(group.names): group.digest for group in inputs.groups},
            files={file.path: file.version for file in inputs.files},
        ),
        folder=context.folder / "steps" / slot,
        exported=context.folder / "notebooks" / f"{slot}.ipynb",
    )


def spec_of(context: RunContext, plan: StepPlan) -> StepSpec:
    """What the step command needs to know."""
    step = plan.step
    return StepSpec(
        run=context.run,
        step=step.name,
        stage=plan.stage,
        parameters=plan.parameters,
        groups=plan.inputs.groups,
        refused=plan.inputs.stand_ins,
        files=plan.inputs.files,
        folder=context.notebook.parent.relative_to(context.root).as_posix(),
        python=plan.environment.interpreter,
        cells={
            cell.id: (cell.position, cell.role) for cell in (*context.pipeline.shared, *step.cells)
        },
        timeout=step.resources.timeout,
        environ={**_SEEDS, **own_variables(plan.environment), **step.environ},
        containment=step.containment,
        left_out=context.left_out,
        withheld=(*sorted(context.secrets), *not_inherited(plan.environment)),
        known=context.judge.project.known(),
    )


def find_reusable(context: RunContext, plan: StepPlan) -> Verdict:
    """The execution to reuse for the step; or else why it has to run."""
    if context.fresh is not None and plan.position >= context.fresh:
        first = context.pipeline.steps[context.fresh].name
        return Verdict(why=f"--from {first}" if context.fresh else "--fresh")
    catalog = context.store.catalog
    known = sorted(
        catalog.executions(plan.key), key=lambda known: known.execution not in context.trusted
    )
    verdict = context.judge.choose(known, plan.step, plan.inputs.files, plan.stage)
    if verdict.execution is not None or verdict.why:
        return verdict
    last = catalog.latest_execution(str(context.notebook), plan.step.name)
    if last is None:
        return Verdict(why="first run")
    found = differences(
        last,
        code=plan.step.code,
        name_code=partial(_changed_code, context, plan, last.stage),
        parameters=plan.parameters,
        environment=plan.environment,
        inputs=plan.inputs.groups,
        files=plan.inputs.files,
    )
    return Verdict(why=next(found, f"{last.execution} is recorded under another identity"))


def _changed_code(context: RunContext, plan: StepPlan, earlier_stage: str) -> str | None:
    """What of the step's code changed since a stage; None if that stage cannot be read."""
    cells = [*context.pipeline.shared, *plan.step.cells]
    read = context.store.objects.read_bytes
    try:
        before, after = read(earlier_stage), read(plan.stage)
    except (ObjectMissing, ObjectCorrupted):
        return None
    return changed_cell(before, after, {cell.id: cell.position for cell in cells})


def refusal_error(plan: StepPlan) -> CellError | None:
    """The error of a step that reads what cannot be carried to it, at the first cell that reads it.

    None if it can receive all that it reads.
    """
    if not plan.inputs.refusals:
        return None
    refusal = plan.inputs.refusals[0]
    message = describe_refusal(refusal, plan.step.name)
    mention = re.compile(rf"\b({'|'.join(map(re.escape, refusal.names))})\b")
    for cell in plan.step.cells:
        for number, line in enumerate(cell.source.splitlines(), start=1):
            if mention.search(line):
                return CellError(
                    kind="Refused",
                    code=refusal.code,
                    message=message,
                    cell=cell.position,
                    cell_id=cell.id,
                    line=number,
                )
    return CellError(kind="Refused", code=refusal.code, message=message)
