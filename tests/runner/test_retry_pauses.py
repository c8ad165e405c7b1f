"""How long a run waits before it tries a step again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_mlops.model.pipeline import Resources
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.context import RunContext
from jupyter_mlops.runner.perform import pause_before

PAUSES = {
    (1.0, 2): 1,
    (1.0, 3): 2,
    (1.0, 6): 16,
    (10.0, 4): 40,
    (10.0, 9): 600,
    (10.0, 5000): 600,
    (3600.0, 2): 3600,
    (3600.0, 3): 3600,
}


@pytest.mark.parametrize(("backoff", "attempt"), PAUSES)
def test_pause_doubles_up_to_ten_minutes(backoff: float, attempt: int) -> None:
    assert pause_before(attempt, Resources(backoff=backoff)) == PAUSES[backoff, attempt]


class Time:
    """A clock that only moves when somebody waits."""

    def __init__(self, cancel_at: float) -> None:
        self.now, self.cancel_at = 0.0, cancel_at

    def context(self) -> Any:
        return SimpleNamespace(
            clock=lambda: self.now,
            wait=self.wait,
            is_cancelled=lambda: self.now >= self.cancel_at,
        )

    def wait(self, seconds: float) -> None:
        self.now += seconds


def test_pause_lasts_as_long_as_it_should() -> None:
    time = Time(cancel_at=9.0)
    RunContext.pause(time.context(), 7.5)
    assert time.now == pytest.approx(7.5)


def test_pause_ends_when_the_run_is_cancelled() -> None:
    time = Time(cancel_at=3.0)
    with pytest.raises(Cancelled):
        RunContext.pause(time.context(), 600.0)
    assert time.now == pytest.approx(3.0, abs=0.06)
