"""A run as lines of text: what ``show`` prints and ``run`` ends with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from shlex import quote
from typing import Any

import click

from jupyter_mlops.cli.text import coloured, columns, digest_text, span_text, value_text
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.label import LabelChange
from jupyter_mlops.model.run import CellError, Run, StepReport

_MOST_ADDRESSES = 10
"""How many addresses of a step are shown to people."""


def run_json(run: Run) -> Mapping[str, Any]:
    """The run as JSON, with the data flow that it showed as ``flow``."""
    from jupyter_mlops.store import observed_flow

    return {**to_json(run), "flow": to_json(observed_flow(run))}


def run_lines(run: Run) -> Iterator[str]:
    """The run's head, a table of its steps, their metrics, and where the executed notebooks are."""
    spent = span_text(run.started, run.ended)
    yield f"run {run.run}  {coloured(run.state)}  {spent}  {run.engine} engine"
    yield f"notebook    {run.notebook}"
    yield f"reason      {run.reason}"
    if run.imported is not None:
        came = run.imported
        yield f"made by     {run.user} on {run.host}; imported by {came.user}, {came.time}"
    for number, change in enumerate(run.changed):
        yield f"{'' if number else 'changed':10}  {change.path} ({change.became})"
    yield f"pipeline    {digest_text(run.pipeline)}"
    if run.parameters:
        values = (
            f"{p.name}={value_text(p.value)}" + ("" if p.origin == "default" else f" ({p.origin})")
            for p in run.parameters
        )
        yield "parameters  " + ", ".join(values)
    yield ""
    head = ("step", "state", "duration", "key", "why")
    yield from _paint(columns([head, *map(_step_row, run.steps)]), run)
    yield from _section(
        "metrics",
        [
            (report.step, name, value_text(value))
            for report in run.steps
            for name, value in report.metrics.items()
        ],
    )
    yield from _section("fetched", [row for report in run.steps for row in _fetched(report)])
    yield from _section(
        "executed notebooks", [(r.step, r.notebook) for r in run.steps if r.notebook is not None]
    )


def label_lines(labels: Sequence[LabelChange]) -> Iterator[str]:
    """Tags, notes and aliases of the run and of its artifacts, each with what it is on."""
    yield from _section(
        "labels",
        [
            (change.kind, change.name or change.text, change.target.text, change.user)
            for change in labels
            if change.target is not None
        ],
    )


def failure_lines(run: Run) -> Iterator[str]:
    """What failed and where, with each failed step's inputs and the way to its notebook."""
    for report in run.steps:
        if report.error is None:
            continue
        yield ""
        yield f"step {report.step} failed: {_where(report.error)}"
        received = [f"{_name(item)} ({digest_text(item.digest)})" for item in report.inputs]
        yield f"    inputs: {', '.join(received) or 'none'}"
        if report.notebook is not None:
            if find_spec("jupyterlab") is not None:
                yield f"    open it: jupyter lab {quote(report.notebook)}"
            yield f"    executed notebook: jupyter mlops notebook {run.run} {report.step}"


def _duration(report: StepReport) -> str:
    return "-" if report.state == "reused" else span_text(report.started, report.ended)


def _where(error: CellError) -> str:
    place = []
    if error.cell is not None:
        place.append(f"{'check ' if error.check else ''}cell {error.cell}")
    if error.line is not None:
        place.append(f"line {error.line}")
    return ": ".join([*([", ".join(place)] if place else []), error.kind, error.message])


def _name(item: Group | FileRef) -> str:
    return item.label if isinstance(item, Group) else item.path


def _fetched(report: StepReport) -> Iterator[tuple[str, str]]:
    """The first addresses that the step fetched, and how many more there are in the JSON."""
    yield from ((report.step, url) for url in report.urls[:_MOST_ADDRESSES])
    more = len(report.urls) - _MOST_ADDRESSES
    if more > 0:
        yield report.step, f"… and {more} more in `show --json`"


def _step_row(report: StepReport) -> tuple[str, ...]:
    return (report.step, report.state, _duration(report), digest_text(report.key), report.why)


def _paint(lines: Sequence[str], run: Run) -> Iterator[str]:
    """The table's lines with each state in its colour; the first line is the head."""
    head, *rows = lines
    yield click.style(head, bold=True)
    begin = head.index("state")
    for line, report in zip(rows, run.steps, strict=True):
        end = begin + len(report.state)
        yield line[:begin] + coloured(report.state) + line[end:]


def _section(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        yield click.style(title, bold=True)
        yield from columns(rows)
