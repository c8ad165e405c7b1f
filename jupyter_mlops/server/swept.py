"""Sweeps as the panel lists and shows them."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlops.model.sweep import SweepReport, SweepState
from jupyter_mlops.server.contents import Contents
from jupyter_mlops.sweeping.compared import MetricColumn, metric_columns, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSummary:
    """A sweep in a list.

    Attributes:
        sweep: its name.
        path: its notebook relative to the contents root, or null if it lies elsewhere.
        state: how it stands.
        parameters: names of those that vary.
        summary: one line: how many combinations there are, and what became of them.
        created: ISO 8601, UTC.
    """

    sweep: str
    path: str | None
    state: SweepState
    parameters: tuple[str, ...]
    summary: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeps:
    """Sweeps, newest first."""

    sweeps: tuple[SweepSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepView:
    """A sweep as one table.

    Attributes:
        report: what varies, and what came of each combination.
        path: its notebook relative to the contents root, or null if it lies elsewhere.
        columns: the metrics of all combinations, each once.
        summary: one line: how many combinations there are, and what became of them.
    """

    report: SweepReport
    path: str | None
    columns: tuple[MetricColumn, ...]
    summary: str


def listed(contents: Contents, report: SweepReport) -> SweepSummary:
    """The sweep in a list."""
    return SweepSummary(
        sweep=report.sweep.name,
        path=contents.path_of(report.sweep.notebook),
        state=report.state,
        parameters=report.sweep.parameters,
        summary=summary(report),
        created=report.sweep.created,
    )


def shown(contents: Contents, report: SweepReport) -> SweepView:
    """The sweep by itself."""
    return SweepView(
        report=report,
        path=contents.path_of(report.sweep.notebook),
        columns=tuple(metric_columns(report)),
        summary=summary(report),
    )
