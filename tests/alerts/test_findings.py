"""What is wrong with a run that ended: a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from catalog_samples import run_named

from jupyter_mlops.alerts.conditions import read_condition, unfulfilled
from jupyter_mlops.alerts.findings import Ended, Finding, check_alert, findings
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Alert
from jupyter_mlops.model.run import CellError, Run, StepReport

NAN = float("nan")


def alert_on(*events: str, **changes: object) -> Alert:
    return Alert(name="a", way="message", to="", shown="", on=events, **changes)  # type: ignore[arg-type]


def run_of(*steps: StepReport) -> Run:
    return run_named("r", steps=steps)


def fit(seconds: float = 0, state: str = "succeeded", **metrics: object) -> StepReport:
    """A step that took so long and gave these metrics."""
    began = datetime(2026, 11, 25, tzinfo=UTC)
    ended = began + timedelta(seconds=seconds)
    return StepReport(
        step="fit",
        state=state,  # type: ignore[arg-type]
        started=began.isoformat(),
        ended=ended.isoformat(),
        metrics=metrics,
    )


BROKEN = StepReport(
    step="fit",
    state="failed",
    error=CellError(kind="ValueError", message="17 rows", cell=3, cell_id="c3", code="ML602"),
)


def ended(state: str, *steps: StepReport, **changes: object) -> Ended:
    run = run_of(*steps) if steps else None
    return Ended(state=state, notebook="/n", ended="", run=run, **changes)  # type: ignore[arg-type]


USUAL = [run_of(fit(seconds)) for seconds in (100, 90, 110)]


@dataclass(frozen=True)
class Case:
    name: str
    on: Sequence[str]
    ended: Ended
    found: Mapping[str, Finding]


def is_at(event: str, cause: str, *texts: str) -> Mapping[str, Finding]:
    return {event: Finding(cause=cause, texts=texts)}


def is_metric(*texts: str) -> Mapping[str, Finding]:
    return is_at("metric", "metric", *texts)


def is_duration(taken: str) -> Mapping[str, Finding]:
    usual = "the median of its last 3 executions is 1 min 40 s"
    return is_at("duration", "duration", f"step fit took {taken}; {usual}")


LOW = ("metric:accuracy<0.9",)
CASES = [
    Case("well", ("failure", *LOW), ended("succeeded", fit(accuracy=0.9)), {}),
    Case(
        "failed, also for who only hears of recovery",
        ("recovery",),
        ended("failed", BROKEN),
        is_at(
            "failure",
            "failed fit c3 ValueError ML602",
            "it failed in step fit, cell 3: ValueError: 17 rows",
        ),
    ),
    Case(
        "failed before any run",
        ("failure",),
        ended("failed", schedule="s", due="d", why="no such file"),
        is_at("failure", "failed no such file", "it failed: no such file"),
    ),
    Case("lost", ("failure",), ended("lost", fit()), is_at("failure", "lost ", "it was lost")),
    Case(
        "missed",
        ("lateness",),
        ended("missed", schedule="s", due="9:00", why="no service ran"),
        is_at("lateness", "lateness", "the tick due 9:00 was missed: no service ran"),
    ),
    Case(
        "metric",
        LOW,
        ended("succeeded", fit(accuracy=0.85)),
        is_metric("metric fit.accuracy is 0.85 (accuracy < 0.9)"),
    ),
    Case(
        "not a number",
        LOW,
        ended("succeeded", fit(accuracy=NAN)),
        is_metric("metric fit.accuracy is nan, not a number (accuracy < 0.9)"),
    ),
    Case("no such metric", LOW, ended("succeeded", fit(loss=1)), {}),
    Case(
        "another step's", ("metric:load.accuracy<0.9",), ended("succeeded", fit(accuracy=0.1)), {}
    ),
    Case(
        "longer",
        ("duration",),
        ended("succeeded", fit(201), before=USUAL),
        is_duration("3 min 21 s"),
    ),
    Case(
        "shorter", ("duration",), ended("succeeded", fit(49), before=USUAL), is_duration("49.0 s")
    ),
    Case("not so much longer", ("duration",), ended("succeeded", fit(200), before=USUAL), {}),
    Case("its own factor", ("duration:3",), ended("succeeded", fit(290), before=USUAL), {}),
    Case("too few", ("duration",), ended("succeeded", fit(900), before=USUAL[:2]), {}),
    Case("reused", ("duration",), ended("succeeded", fit(900, "reused"), before=USUAL), {}),
    Case(
        "seconds only",
        ("duration",),
        ended("succeeded", fit(10), before=[run_of(fit(1))] * 3),
        {},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings(case: Case) -> None:
    assert findings(alert_on(*case.on), case.ended) == case.found


@pytest.mark.parametrize(
    ("text", "step", "refused"),
    [
        ("accuracy>=0.9", fit(accuracy=0.9), []),
        ("fit.accuracy > 1e-1", fit(accuracy=0.9), []),
        ("accuracy>=0.9", fit(accuracy=0.85), ["metric fit.accuracy is 0.85, not accuracy >= 0.9"]),
        ("accuracy!=0", fit(accuracy=NAN), ["metric fit.accuracy is nan, not accuracy != 0"]),
        ("accuracy==1", fit(accuracy="1"), ["metric fit.accuracy is '1', not accuracy == 1"]),
        ("accuracy>=0.9", fit(), ["the run has no metric for accuracy >= 0.9"]),
    ],
)
def test_checks(text: str, step: StepReport, refused: list[str]) -> None:
    assert list(unfulfilled(read_condition(text), run_of(step))) == refused


@pytest.mark.parametrize(
    ("on", "checks"),
    [
        ((), ()),
        (("failures",), ()),
        (("metric:accuracy",), ()),
        (("metric:accuracy<high",), ()),
        (("metric:1<2",), ()),
        (("duration:1",), ()),
        (("duration:long",), ()),
        (("success",), ("accuracy",)),
    ],
)
def test_refusals(on: tuple[str, ...], checks: tuple[str, ...]) -> None:
    with pytest.raises(AlertError):
        check_alert(alert_on(*on, checks=checks))
