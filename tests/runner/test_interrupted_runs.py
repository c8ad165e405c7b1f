"""Runs that end early: cancelled, killed, lost; nothing of them is left running."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from projects import Project, start_and_kill, states, wait_until_dead, whys

from jupyter_mlops.runner import cancel_run

pytestmark = pytest.mark.kernel

SLEEPER = (
    ("step:one", "x = 1"),
    ("step:wait", "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)"),
    ("step:after", "print(x)"),
)


def by_event(project: Project, event: threading.Event, run: str) -> None:
    event.set()


def by_command(project: Project, event: threading.Event, run: str) -> None:
    assert cancel_run(project.store, run).state == "running"


@pytest.mark.parametrize("stop", [by_event, by_command], ids=lambda stop: stop.__name__)
def test_a_cancelled_run_stops_and_says_so(
    project: Project, stop: Callable[[Project, threading.Event, str], None]
) -> None:
    project.write(*SLEEPER)
    cancel, pids = threading.Event(), []

    def react(event: Mapping[str, Any]) -> None:
        if event["event"] == "output":
            pids.append(int(event["text"].split()[1]))
            stop(project, cancel, event["run"])

    run = project.run(react=react, cancel=cancel)
    assert run == project.store.catalog.find_run(run.run)
    assert (run.state, states(run)) == (
        "cancelled",
        {"one": "succeeded", "wait": "cancelled", "after": "cancelled"},
    )
    wait_until_dead(pids[0])
    assert cancel_run(project.store, run.run) == run  # it has ended: nothing changes
    folder = project.store.run_folder(run.run)
    assert list(folder.glob("steps/*/attempts/*/work")) == []


def test_cancel_before_the_first_step(project: Project) -> None:
    project.write(*SLEEPER)
    cancel = threading.Event()
    cancel.set()
    run = project.run(cancel=cancel)
    assert (run.state, set(states(run).values())) == ("cancelled", {"cancelled"})


def test_the_next_run_repairs_what_a_killed_driver_left(project: Project) -> None:
    project.write(*SLEEPER)
    name, pid = start_and_kill(project)
    assert project.store.catalog.find_run(name).state == "running"
    project.edit("time.sleep(600)", "time.sleep(0)")
    run = project.run()
    wait_until_dead(pid)
    lost = project.store.catalog.find_run(name)
    assert (lost.state, states(lost)) == (
        "lost",
        {"one": "succeeded", "wait": "cancelled", "after": "cancelled"},
    )
    assert whys(lost)["wait"] == "the process that drove the run died"
    assert list(project.store.run_folder(name).glob("steps/*/attempts/*/work")) == []
    assert states(run) == {"one": "reused", "wait": "succeeded", "after": "succeeded"}


def test_a_run_without_a_driver_is_lost_when_it_is_cancelled(project: Project) -> None:
    project.write(*SLEEPER)
    name, pid = start_and_kill(project)
    run = cancel_run(project.store, name)
    wait_until_dead(pid)
    assert (run.run, run.state) == (name, "lost")


def test_a_run_that_lives_is_not_recovered_by_another(project: Project, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    wait = f"import os, time\nprint('here')\nwhile not os.path.exists('{gate}'): time.sleep(0.05)"
    project.write(("step:wait", wait))
    driver = project.drive()
    assert driver.stdout is not None
    first = next(
        event for event in map(ast.literal_eval, driver.stdout) if event["event"] == "output"
    )["run"]
    project.edit("step:wait", "step:brief")
    project.edit("not os.path", "False and not os.path")
    other = project.run()
    assert project.store.catalog.find_run(first).state == "running"
    gate.touch()
    driver.communicate()
    assert (other.state, project.store.catalog.find_run(first).state) == ("succeeded", "succeeded")
