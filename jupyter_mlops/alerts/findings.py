"""What is wrong with a run or a tick that ended, as one alert sees it: a pure function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_mlops.alerts.conditions import fulfilled, read_condition
from jupyter_mlops.alerts.durations import FACTOR, changed
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Alert, Event
from jupyter_mlops.model.run import Run

METRIC, DURATION = "metric:", "duration"
_PLAIN = ("failure", "recovery", "lateness", "success", DURATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A tick, or a run that no schedule made, of which nothing more will become.

    Attributes:
        state: ``succeeded``, ``failed``, ``lost`` or ``missed``.
        notebook: absolute path.
        ended: ISO 8601, UTC.
        schedule, due: of the tick; None for a run that no schedule made.
        why: one sentence about a tick, or empty.
        run: its last run, or None.
        before: earlier runs of the notebook, the newest first.
    """

    state: Literal["succeeded", "failed", "lost", "missed"]
    notebook: str
    ended: str
    schedule: str | None = None
    due: str | None = None
    why: str = ""
    run: Run | None = None
    before: Sequence[Run] = ()

    @property
    def subject(self) -> str:
        """What is in trouble, or is not: the schedule, else the notebook."""
        return self.schedule or self.notebook

    @property
    def which(self) -> str:
        """The tick, or the run; unique."""
        if self.schedule is not None:
            return f"{self.schedule} {self.due}"
        return self.run.run if self.run is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        cause: the same for what need not be told twice.
        texts: one sentence each.
    """

    cause: str
    texts: tuple[str, ...]


def check_alert(alert: Alert) -> None:
    """Pass if all can be told that the alert asks for.

    Raises:
        AlertError: it tells of nothing, or of what nobody knows.
    """
    if not alert.on:
        raise AlertError(f"{alert.kind} {alert.name} is told of nothing", fix="give --on failure")
    for text in alert.on:
        _check_event(text)
    for text in alert.checks:
        read_condition(text)


def _check_event(text: str) -> None:
    if text.startswith(METRIC):
        read_condition(text.removeprefix(METRIC))
    elif text.startswith(f"{DURATION}:"):
        _factor(text)
    elif text not in _PLAIN:
        raise AlertError(
            f"nothing is told on {text!r}",
            fix=f"give some of {', '.join(_PLAIN)}, duration:3 and metric:accuracy<0.9",
        )


def concerns(alert: Alert, *, schedule: str | None, notebook: str) -> bool:
    """True if the alert is told of runs of this schedule and notebook."""
    if alert.notebook not in (None, notebook) or alert.schedule not in (None, schedule):
        return False
    return schedule is not None or alert.by_hand


def findings(alert: Alert, ended: Ended) -> Mapping[Event, Finding]:
    """What is wrong with what ended; failures and misses also if the alert does not tell of them.

    What has recovered is known by that.
    """
    if ended.state == "missed":
        text = f"the tick due {ended.due} was missed: {ended.why}"
        return {"lateness": Finding(cause="lateness", texts=(text,))}
    if ended.state != "succeeded":
        return {"failure": Finding(cause=_cause(ended), texts=(_sentence(ended),))}
    found: dict[Event, Finding] = {}
    for event, texts in (
        ("metric", list(_metrics(alert, ended))),
        ("duration", list(_durations(alert, ended))),
    ):
        if texts:
            found[event] = Finding(cause=event, texts=tuple(texts))  # type: ignore[index]
    return found


def _cause(ended: Ended) -> str:
    """The same for failures at one place for one reason, whatever numbers their messages hold."""
    for report in ended.run.steps if ended.run is not None else ():
        if (error := report.error) is not None:
            return f"{ended.state} {report.step} {error.cell_id} {error.kind} {error.code}"
    return f"{ended.state} {ended.why}"


def _sentence(ended: Ended) -> str:
    what = {"failed": "it failed", "lost": "it was lost"}[ended.state]
    for report in ended.run.steps if ended.run is not None else ():
        if (error := report.error) is not None:
            cell = f", cell {error.cell}" if error.cell else ""
            return f"{what} in step {report.step}{cell}: {error.kind}: {error.message}"
    return f"{what}: {ended.why}" if ended.why else what


def _metrics(alert: Alert, ended: Ended) -> Iterator[str]:
    for text in alert.on:
        if text.startswith(METRIC) and ended.run is not None:
            yield from fulfilled(read_condition(text.removeprefix(METRIC)), ended.run)


def _durations(alert: Alert, ended: Ended) -> Iterator[str]:
    for text in alert.on:
        if text.partition(":")[0] == DURATION and ended.run is not None:
            yield from changed(ended.run, ended.before, _factor(text))


def _factor(text: str) -> float:
    number = text.removeprefix(DURATION).removeprefix(":")
    try:
        factor = float(number or FACTOR)
    except ValueError:
        factor = 0.0
    if not 1 < factor < 1e6:
        raise AlertError(f"{text!r} has no factor above 1", fix="write it as duration:3")
    return factor
