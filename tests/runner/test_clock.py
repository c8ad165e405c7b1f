"""A clock that is put back: the order of runs is that of their beginnings, no time is negative."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from projects import Project, states

from jupyter_mlops.runner import attempt, driver, perform, recorder, sequence

pytestmark = pytest.mark.kernel


@pytest.fixture
def backwards() -> Iterator[None]:
    """Each look at the driver's clock finds it an hour earlier than the last one."""
    moment = datetime(2026, 11, 23, 15, tzinfo=UTC)

    def now() -> datetime:
        nonlocal moment
        moment -= timedelta(hours=1)
        return moment

    with patch.multiple(driver, now=now), patch.multiple(recorder, now=now):
        modules = [patch.multiple(module, now=now) for module in (attempt, perform, sequence)]
        with modules[0], modules[1], modules[2]:
            yield


def test_a_clock_that_is_put_back(project: Project, backwards: None) -> None:
    project.write(("step:good", "x = 1"), ("step:lost", "import os\nos.kill(os.getppid(), 9)"))
    runs = [project.run() for _ in range(3)]
    assert [states(run) for run in runs] == [
        {"good": "succeeded", "lost": "failed"},
        {"good": "reused", "lost": "failed"},
        {"good": "reused", "lost": "failed"},
    ]
    assert [run.run for run in runs] == sorted((run.run for run in runs), reverse=True)
    catalog = project.store.catalog
    assert catalog.list_runs() == list(reversed(runs))
    assert catalog.find_run("latest") == runs[-1]
    for run in runs:
        assert run.started <= str(run.ended)
        for step in run.steps:
            assert str(step.started) <= str(step.ended)
