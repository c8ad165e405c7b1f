"""What a service tells as JSON: every line has the same keys."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from planned import T0, begun, schedule_named

from jupyter_mlops.cli.group import cli
from jupyter_mlops.model.run import Run, RunState
from jupyter_mlops.scheduling.book import add_schedule, run_now
from jupyter_mlops.scheduling.timing import once_timing
from jupyter_mlops.store import Store


def as_ended(run: Run, state: RunState) -> Run:
    """Only a failed run has a step with an error."""
    steps = run.steps if state == "failed" else run.steps[:1]
    return replace(run, state=state, steps=steps)


@pytest.mark.parametrize(
    ("state", "step", "text"),
    [
        ("failed", "train", "step train: ValueError: no"),
        ("succeeded", None, "due 2026-11-25T12:00:00.000+00:00"),
        ("cancelled", None, "the run was cancelled"),
    ],
)
def test_the_end_of_a_run(file_store: Store, state: RunState, step: str | None, text: str) -> None:
    never = once_timing("2199-01-01T00:00", "UTC", after=T0)
    add_schedule(file_store, schedule_named("a", timing=never), T0)
    run_now(file_store, "a", T0)
    (run,) = begun(file_store, T0)
    file_store.catalog.save_run(as_ended(file_store.catalog.find_run(run), state))
    words = ["--store", str(file_store.root), "service", "--once", "--json"]
    done = CliRunner().invoke(cli, words)
    (event,) = map(json.loads, done.output.splitlines())
    assert event.pop("time")
    assert event == {"event": state, "schedule": "a", "run": run, "step": step, "text": text}
