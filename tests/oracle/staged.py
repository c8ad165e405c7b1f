"""The fast driver for programs: the step command's and the runner's own state, in forked processes.

Everything is as in a run but the kernel and papermill: cells run in one namespace of a forked
process. Variables and files go from step to step as the runner passes them on.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from carrying import Outcome, Zygote

from jupyter_mlops.compiler.compile import Compiled
from jupyter_mlops.model.pipeline import Step
from jupyter_mlops.model.run import StepResult, StepSpec
from jupyter_mlops.notebook.document import Notebook
from jupyter_mlops.runner.table import VersionTable, describe_refusal
from jupyter_mlops.step import workfolder
from jupyter_mlops.step.harvest import Harvest, harvest, lay_out_state
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.scrub import Scrubber


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What cells printed, by cell id, and what ended them: nothing, an error or a refusal."""

    printed: dict[str, str]
    error: str = ""
    refused: bool = False


def run_whole(notebook: Notebook, zygote: Zygote, folder: Path) -> Ended:
    """The notebook in one namespace."""
    work = folder / "whole"
    work.mkdir(parents=True)
    cells = {cell.id: cell.source for cell in notebook.cells}
    outcome = zygote.cells(list(cells.values()), folder, work=work, state=None)
    return _ended(list(cells), outcome)


def run_staged(compiled: Compiled, zygote: Zygote, folder: Path) -> Ended:
    """Its steps one after another, until one fails or is refused."""
    project, objects = folder / "project", folder / "objects"
    project.mkdir(parents=True)
    objects.mkdir()
    table = VersionTable()
    printed: dict[str, str] = {}
    for step in compiled.pipeline.steps:
        layout = Layout(
            number=1,
            step=folder / step.name,
            inputs=objects,
            source=project,
            work=folder / step.name / "attempts" / "1" / "work",
        )
        ended = _run_step(step, compiled.stages[step.name], layout, table, zygote)
        printed = ended.printed | printed
        if ended.error:
            return Ended(printed=printed, error=ended.error, refused=ended.refused)
    return Ended(printed=printed)


def _run_step(
    step: Step, stage: bytes, layout: Layout, table: VersionTable, zygote: Zygote
) -> Ended:
    inputs = table.inputs_of(step)
    if inputs.refusals:
        why = describe_refusal(inputs.refusals[0], step.name)
        return Ended(printed={}, error=why, refused=True)
    layout.work.mkdir(parents=True)
    layout.outputs.mkdir()
    layout.stage.write_bytes(stage)
    spec = StepSpec(
        run="",
        step=step.name,
        stage="",
        groups=inputs.groups,
        refused=inputs.stand_ins,
        files=inputs.files,
    )
    workfolder.build(layout, spec, print)
    lay_out_state(layout, spec.groups, spec.refused)
    before = workfolder.scan(layout.work)
    cells = {c["id"]: c for c in json.loads(stage)["cells"] if c["cell_type"] == "code"}
    sources = ["".join(cell["source"]) for cell in cells.values()]
    outcome = zygote.cells(sources, layout.folder, work=layout.work, state=layout.state)
    ended = _ended(list(cells), outcome)
    if not ended.error:
        left = harvest(layout, spec, before, Scrubber({}), print)
        for output in layout.outputs.iterdir():
            shutil.move(output, layout.inputs / output.name)
        table.advance(inputs, _result(left))
    return ended


def _result(left: Harvest) -> StepResult:
    return StepResult(
        attempt=1,
        state="succeeded",
        started="",
        ended="",
        groups=left.groups,
        refused=left.refused,
        files_written=left.files_written,
    )


def _ended(cells: list[str], outcome: Outcome) -> Ended:
    printed = dict(zip(cells, outcome.outputs, strict=False))
    if outcome.error is None:
        return Ended(printed=printed)
    kind, message = outcome.error["kind"], outcome.error["message"]
    return Ended(printed=printed, error=f"{kind}: {message}", refused=kind == "Refused")
