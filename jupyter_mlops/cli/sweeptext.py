"""How sweeps look on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from jupyter_mlops.cli.text import coloured, columns, local_text, span_text, value_text
from jupyter_mlops.model.sweep import Combination, SweepReport
from jupyter_mlops.sweeping.compared import metric_columns, summary


def sweeps_table(reports: Sequence[SweepReport]) -> list[str]:
    """Sweeps in columns."""
    if not reports:
        return ["no sweeps"]
    head = ("sweep", "state", "created", "combinations", "over", "notebook")
    rows = [
        (
            report.sweep.name,
            report.state,
            local_text(report.sweep.created),
            _done(report),
            ", ".join(report.sweep.parameters),
            report.sweep.notebook,
        )
        for report in reports
    ]
    return columns([head, *rows])


def sweep_lines(report: SweepReport) -> Iterator[str]:
    """The sweep's head, and its table: what varies, and what came of it."""
    sweep = report.sweep
    yield f"sweep {sweep.name}  {coloured(report.state)}"
    yield f"notebook  {sweep.notebook}"
    if sweep.fixed:
        yield f"fixed     {_values(sweep.fixed.items())}"
    yield ""
    found = metric_columns(report)
    head = ("", *sweep.parameters, "state", "duration", "reused", *(c.head for c in found), "run")
    rows = [
        (
            str(one.number),
            *(value_text(one.values[name]) for name in sweep.parameters),
            one.state,
            span_text(one.started, one.ended),
            f"{one.reused} of {one.steps}" if one.run else "-",
            *("-" if (value := c.of(one)) is None else value_text(value) for c in found),
            one.run or "-",
        )
        for one in report.combinations
    ]
    first, *lines = columns([head, *rows])
    yield click.style(first, bold=True)
    for line, one in zip(lines, report.combinations, strict=True):
        yield line.replace(f" {one.state} ", f" {coloured(one.state)} ", 1)
    yield ""
    yield summary(report)
    for one in report.combinations:
        if one.error:
            yield f"{one.number}: {one.error}"
    if report.state in ("failed", "incomplete"):
        yield f"`jupyter mlops sweep resume {sweep.name}` runs what has not succeeded"


def combination_line(one: Combination, total: int) -> str:
    """A combination that has ended, in one line."""
    width = len(str(total))
    metrics = ((n, value) for found in one.metrics.values() for n, value in found.items())
    parts = (
        f"{one.number:>{width}} of {total}",
        _values(one.values.items()),
        coloured(one.state),
        span_text(one.started, one.ended),
        _values(metrics),
        one.error,
    )
    return "  ".join(part for part in parts if part)


def _values(items: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{name}={value_text(value)}" for name, value in items)


def _done(report: SweepReport) -> str:
    done = sum(one.state == "succeeded" for one in report.combinations)
    return f"{done} of {len(report.combinations)}"
