"""What people are told: where it failed, what differs from the last good run, how to open it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.alerts.ways.message import Letter
from jupyter_mlops.errors import MlopsError, UnknownRun
from jupyter_mlops.lineage.compare import compare_runs
from jupyter_mlops.lineage.wholebook import source_notebook
from jupyter_mlops.model.times import local_text, span_text

if TYPE_CHECKING:
    from jupyter_mlops.model.alert import Alert, Delivery, Happening
    from jupyter_mlops.model.run import CellError, Run, StepReport
    from jupyter_mlops.store import Store

_HEADS = {
    "failure": ("failed", "failure"),
    "recovery": ("is well again", "success"),
    "lateness": ("is late", "warning"),
    "duration": ("took unusually long or short", "warning"),
    "metric": ("gave a metric that you want to hear of", "warning"),
    "success": ("succeeded", "success"),
    "test": ("sends a test", "info"),
}
_SOURCE_LINES, _TRACEBACK_LINES, _CAUSES = 12, 40, 5
_WIDTH = 200


def letter(store: Store, alert: Alert, delivery: Delivery) -> Letter:
    """What people read of a delivery.

    Raises:
        StoreError: the catalog cannot be read.
    """
    happening = delivery.happening
    head, tone = _HEADS[happening.event]
    run = run_of(store, happening)
    failed = run.failed if happening.event == "failure" and run is not None else None
    lines = [*happening.texts, "", *_facts(store, happening, run)]
    if run is not None and failed is not None and failed.error is not None:
        lines += ["", *_failure(store, run, failed, failed.error)]
    if run is not None and happening.event in ("failure", "metric", "duration"):
        lines += ["", *_since_good(store, run)]
    lines += ["", *_commands(happening, run, failed)]
    lines += ["", f"alert {alert.name}, delivery {delivery.key}"]
    where = f" in step {failed.step}" if failed is not None else ""
    subject = Path(happening.notebook).name or f"alert {alert.name}"
    if happening.schedule is not None:
        subject += f" (schedule {happening.schedule})"
    return Letter(
        title=f"{subject} {head}{where}",
        text="\n".join(map(_cut, lines)).strip() + "\n",
        tone=tone,  # type: ignore[arg-type]
    )


def run_of(store: Store, happening: Happening) -> Run | None:
    """The run that it is about; None if there is none, or none any more."""
    try:
        return store.catalog.find_run(happening.run) if happening.run else None
    except UnknownRun:
        return None


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…"


def _facts(store: Store, happening: Happening, run: Run | None) -> Iterator[str]:
    if happening.notebook:
        yield f"pipeline  {happening.notebook}"
    if happening.schedule is not None:
        due = f", due {local_text(happening.due)}" if happening.due else ""
        yield f"schedule  {happening.schedule}{due}"
    if run is not None:
        spent = f" after {span_text(run.started, run.ended)}" if run.ended else ""
        yield f"run       {run.run}: {run.state}{spent}, {run.engine} engine"
        yield f"made by   {run.user} on {run.host}, store {store.root}"


def _failure(store: Store, run: Run, report: StepReport, error: CellError) -> Iterator[str]:
    place = [f"step {report.step}"]
    place += [f"{'check ' if error.check else ''}cell {error.cell}"] if error.cell else []
    place += [f"line {error.line}"] if error.line else []
    yield f"{', '.join(place)}:"
    notebook = source_notebook(store, run)
    for cell in notebook.cells if notebook is not None else ():
        if cell.id == error.cell_id:
            yield from _source(cell.source.splitlines(), error.line)
    lines = error.traceback.strip().splitlines()
    if lines:
        yield ""
        left_out = len(lines) - _TRACEBACK_LINES
        yield from [f"… {left_out} lines above"] if left_out > 0 else []
        yield from lines[-_TRACEBACK_LINES:]


def _source(lines: list[str], line: int | None) -> Iterator[str]:
    """The head of the cell's source, and the line that raised wherever it stands."""
    for number, text in enumerate(lines[:_SOURCE_LINES], start=1):
        yield f"  {'>' if number == line else ' '} {number:>3} {text}"
    if len(lines) > _SOURCE_LINES:
        yield f"        … {len(lines) - _SOURCE_LINES} more lines"
    if line is not None and _SOURCE_LINES < line <= len(lines):
        yield f"  > {line:>3} {lines[line - 1]}"


def _since_good(store: Store, run: Run) -> Iterator[str]:
    """The first causes of the house's diff between the last good run and this one."""
    good = store.catalog.list_runs(notebook=run.notebook, state="succeeded", after=run.run, limit=1)
    if not good:
        yield "no earlier run of this pipeline succeeded"
        return
    yield f"since the last good run {good[0].run}, {local_text(good[0].started)}:"
    try:
        causes = compare_runs(store, good[0], run).causes
    except MlopsError as problem:
        yield f"  they cannot be compared: {problem.message}"
        return
    for cause in causes[:_CAUSES]:
        steps = f" ({', '.join(cause.steps)})" if cause.steps else ""
        yield f"  {cause.number} {cause.text}{steps}"
        yield from (f"      {line}" for line in cause.diff.splitlines()[:_SOURCE_LINES])
    if not causes:
        yield "  it was given the same, as far as it is on record"
    if len(causes) > _CAUSES:
        yield f"  … {len(causes) - _CAUSES} more"
    yield f"  jupyter mlops diff {good[0].run} {run.run}"


def _commands(happening: Happening, run: Run | None, failed: StepReport | None) -> Iterator[str]:
    if run is not None and failed is not None:
        yield f"open it:  jupyter mlops open {run.run} {shlex.quote(failed.step)}"
    elif run is not None:
        yield f"look at it:  jupyter mlops show {run.run}"
    elif happening.schedule is not None:
        yield f"look at it:  jupyter mlops schedule history {happening.schedule}"
