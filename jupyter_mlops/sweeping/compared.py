"""A sweep as one table: what varies, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.model.sweep import Combination, SweepReport


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricColumn:
    """A metric that some combination has.

    Attributes:
        step, name: of the metric.
        head: its name, with the step's before it where two steps have a metric of that name.
    """

    step: str
    name: str
    head: str

    def of(self, combination: Combination) -> Any:
        """The value in a combination; None if it has none."""
        return combination.metrics.get(self.step, {}).get(self.name)


def metric_columns(report: SweepReport) -> list[MetricColumn]:
    """The metrics of all combinations, each once, in the order in which they occur."""
    found = dict.fromkeys(
        (step, name)
        for combination in report.combinations
        for step, metrics in combination.metrics.items()
        for name in metrics
    )
    times = Counter(name for _, name in found)
    return [
        MetricColumn(step=step, name=name, head=name if times[name] == 1 else f"{step}.{name}")
        for step, name in found
    ]


def summary(report: SweepReport) -> str:
    """One line such as ``12 combinations: 10 succeeded, 2 missing; 24 of 60 steps reused``."""
    counted = Counter(combination.state for combination in report.combinations)
    states = ", ".join(f"{number} {state}" for state, number in counted.most_common())
    steps = sum(combination.steps for combination in report.combinations)
    reused = sum(combination.reused for combination in report.combinations)
    return f"{len(report.combinations)} combinations: {states}; {reused} of {steps} steps reused"
