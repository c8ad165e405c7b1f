"""Whether a step took much longer, or much shorter, than it used to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from jupyter_mlops.model.run import Run, StepReport
from jupyter_mlops.model.times import seconds_text

LAST = 10
"""So many of a step's last executions are looked at."""

LEAST = 3
"""With fewer there is nothing to compare with."""

FACTOR = 2.0
"""How many times longer or shorter is told, if the alert does not say."""

LEAST_SECONDS = 10.0
"""A smaller difference is never told."""


def changed(run: Run, before: Sequence[Run], factor: float) -> Iterator[str]:
    """A sentence for each step of the run that took otherwise than it used to.

    A step counts where it was executed, and not reused. It is compared with the median of its last
    `LAST` executions: it took ``factor`` times longer or shorter, and `LEAST_SECONDS` more or less.

    Args:
        run: has succeeded.
        before: earlier runs of the same notebook, the newest first.
        factor: more than 1.
    """
    for report in run.steps:
        taken = _seconds(report)
        if taken is None:
            continue
        earlier = [
            seconds
            for other in before
            for step in other.steps
            if step.step == report.step and (seconds := _seconds(step)) is not None
        ][:LAST]
        if len(earlier) < LEAST:
            continue
        usual = median(earlier)
        is_other = taken > factor * usual or taken * factor < usual
        if is_other and abs(taken - usual) >= LEAST_SECONDS:
            yield (
                f"step {report.step} took {seconds_text(taken)}; the median of its last "
                f"{len(earlier)} executions is {seconds_text(usual)}"
            )


def _seconds(report: StepReport) -> float | None:
    """How long the step was executed in its run, or None."""
    if report.state != "succeeded" or report.started is None or report.ended is None:
        return None
    started, ended = (datetime.fromisoformat(time) for time in (report.started, report.ended))
    return max(0.0, (ended - started).total_seconds())
