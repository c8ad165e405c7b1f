"""Sweeps in real kernels: equal steps run once, and what ended early goes on where it stood."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from projects import Project

from jupyter_mlops.engines.local import LocalEngine
from jupyter_mlops.model.sweep import Combination, Sweep, SweepReport
from jupyter_mlops.runner import RunRequest
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.naming import now
from jupyter_mlops.runner.together import Together
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store
from jupyter_mlops.sweeping.book import find_sweep
from jupyter_mlops.sweeping.cancel import cancel_sweep
from jupyter_mlops.sweeping.define import define_sweep
from jupyter_mlops.sweeping.drive import run_sweep
from jupyter_mlops.sweeping.driver import SweepNotBegun, start_sweep
from jupyter_mlops.sweeping.table import read_option

kernel = pytest.mark.kernel

GRID = (
    ("parameters", "lr = 0.5\ndepth = 3"),
    ("step:load", "rows = [1, 2]"),
    ("step:scale", "scaled = [row * depth for row in rows]"),
    ("step:fit", "score = sum(scaled) * lr"),
    ("metrics", "area = score"),
)


def sweep_of(store: Store, project: Project, *options: str) -> Sweep:
    """The sweep of a notebook's parameters, with nothing done yet."""
    request = RunRequest(notebook=project.notebook, engine="local")
    return define_sweep(store, request, [read_option(option) for option in options], now())


def told(report: SweepReport) -> list[tuple[object, ...]]:
    """Values, state and metrics of each combination."""
    return [(*one.values.values(), one.state, dict(one.metrics)) for one in report.combinations]


@kernel
def test_equal_steps_run_once_and_all_run_one_notebook(store: Store, project: Project) -> None:
    project.write(*GRID)
    sweep = sweep_of(store, project, "lr=1,10", "depth=3,5")
    project.edit("sum(scaled)", "no_such_name")
    ended: list[Combination] = []
    report = run_sweep(sweep, store=store, settings=Mlops(), parallel=4, on_end=ended.append)
    assert report.state == "succeeded"
    assert told(report) == [
        (1, 3, "succeeded", {"fit": {"area": 9}}),
        (1, 5, "succeeded", {"fit": {"area": 15}}),
        (10, 3, "succeeded", {"fit": {"area": 90}}),
        (10, 5, "succeeded", {"fit": {"area": 150}}),
    ]
    assert sorted(ended, key=lambda one: one.number) == list(report.combinations)
    ran = [step for run in store.catalog.list_runs() for step in run.steps]
    counted = Counter(step.step for step in ran if step.state == "succeeded")
    assert counted == {"load": 1, "scale": 2, "fit": 4}
    assert find_sweep(store, "latest") == report


@kernel
def test_a_failure_lets_no_further_run_begin(store: Store, project: Project) -> None:
    project.write(("parameters", "n = 1"), ("step:a", "assert n, 'none'"))
    sweep = sweep_of(store, project, "n=0,1")
    report = run_sweep(sweep, store=store, settings=Mlops(), parallel=1)
    assert (report.state, told(report)) == ("failed", [(0, "failed", {}), (1, "missing", {})])
    assert report.combinations[0].error == "step a: cell 2, line 1: AssertionError: none"
    again = run_sweep(sweep, store=store, settings=Mlops(), parallel=1, keep_going=True)
    assert (again.state, told(again)) == ("failed", [(0, "failed", {}), (1, "succeeded", {})])
    assert len(store.catalog.list_runs()) == 3


@dataclass(frozen=True)
class Ending:
    """A signal that ends the command, with what code, and what its run is then."""

    signal: signal.Signals
    code: int
    state: str


ENDINGS = [
    Ending(signal.SIGINT, 130, "cancelled"),
    Ending(signal.SIGKILL, -signal.SIGKILL, "lost"),
]


@kernel
@pytest.mark.parametrize("case", ENDINGS, ids=lambda case: case.signal.name)
def test_a_sweep_that_was_ended_goes_on(
    case: Ending, store: Store, project: Project, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    wait = f"while n == 2 and not os.path.exists({str(go)!r}):\n    time.sleep(0.1)"
    project.write(("parameters", "n = 1"), ("step:a", f"import os, time\n{wait}"))
    words = ["sweep", project.notebook, "--sweep", "n=1,2", "--engine", "local", "--parallel", "1"]
    command = [sys.executable, "-m", "jupyter_mlops.cli", "--store", store.root, *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while not is_in_its_second_run(store) and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(case.signal)
    said = process.communicate()[0]
    assert process.returncode == case.code, said
    report = find_sweep(store, "latest")
    states = [one.state for one in report.combinations]
    assert (report.state, states) == ("incomplete", ["succeeded", case.state])

    go.touch()
    again = run_sweep(report.sweep, store=store, settings=Mlops(), parallel=2)
    assert again.state == "succeeded"
    assert again.combinations[0] == report.combinations[0]
    assert len(store.catalog.list_runs()) == 3


@kernel
def test_a_sweep_of_its_own_process(store: Store, project: Project) -> None:
    project.write(("parameters", "n = 1"), ("step:a", "import time\nwhile n:\n    time.sleep(0.1)"))
    bad = sweep_of(store, project, "n=1")
    missing = replace(bad, source=f"sha256:{'0' * 64}")
    with pytest.raises(SweepNotBegun, match="is missing from"):
        start_sweep(store, missing, parallel=1)
    sweep = sweep_of(store, project, "n=1,2,3")
    report = start_sweep(store, sweep, parallel=1, keep_going=True)
    assert (report.sweep, report.state) == (sweep, "running")
    with pytest.raises(SweepNotBegun, match=sweep.name):
        start_sweep(store, sweep, parallel=1)
    cancel_sweep(store, sweep.name)
    while (report := find_sweep(store, sweep.name)).state == "running":
        time.sleep(0.05)
    states = [one.state for one in report.combinations]
    assert (report.state, states) == ("incomplete", ["cancelled", "missing", "missing"])
    assert cancel_sweep(store, sweep.name) == report


def is_in_its_second_run(store: Store) -> bool:
    """True once a cell of it may be running."""
    runs = store.catalog.list_runs()
    return len(runs) == 2 and runs[0].steps[0].state == "running"


def test_turns() -> None:
    """One key has one holder; who waits can be stopped; another key does not wait."""
    together, order = Together(LocalEngine(), ""), []
    held, done = threading.Event(), threading.Event()

    def holder() -> None:
        with together.turn("a", lambda: False):
            held.set()
            done.wait()
            order.append("first")

    thread = threading.Thread(target=holder)
    thread.start()
    held.wait()
    with pytest.raises(Cancelled), together.turn("a", lambda: True):
        order.append("never")
    with together.turn("b", lambda: False):
        done.set()
    with together.turn("a", lambda: False):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
