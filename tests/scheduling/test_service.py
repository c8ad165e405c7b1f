"""The service with real runs: it is killed, its drivers are killed, it is told to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from planned import T0

from jupyter_mlops.model.schedule import Schedule, Tick
from jupyter_mlops.runner.naming import iso, now
from jupyter_mlops.scheduling import dispatch, driver
from jupyter_mlops.scheduling.book import add_schedule, find_schedule, history, run_now
from jupyter_mlops.scheduling.clock import SystemClock
from jupyter_mlops.scheduling.define import checked
from jupyter_mlops.scheduling.service import Service
from jupyter_mlops.scheduling.timing import interval_timing
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store
from jupyter_mlops.store.schema import ticks

pytestmark = pytest.mark.kernel

WAITS = """
import pathlib, time
pathlib.Path({begun!r}).touch()
while not pathlib.Path({go!r}).exists():
    time.sleep(0.05)
"""


@pytest.fixture
def store(file_store: Store) -> Store:
    return file_store


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The file that a run makes when it has come to its last cell."""
    return tmp_path / "begun"


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The file that a run waits for."""
    return tmp_path / "go"


@pytest.fixture
def due(store: Store, begun: Path, go: Path, notebook_file: Callable[..., Path]):
    """Writes a notebook whose last cell waits, and gives a schedule of it a tick."""

    def make(*cells: tuple[str, str], kernel: str = "python3", **changes: object) -> None:
        last = ("step:last", WAITS.format(begun=str(begun), go=str(go)))
        path = notebook_file([*cells, last], kernel=kernel)
        plain = Schedule(
            name="a",
            notebook=str(path),
            timing=interval_timing(10**6, T0),
            engine="local",
        )
        asked = checked(store, replace(plain, **changes))  # type: ignore[arg-type]
        add_schedule(store, asked, now())
        run_now(store, "a", now())

    return make


def serve(store: Store, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jupyter_mlops.cli", "--store", str(store.root)]
    return subprocess.Popen(
        [*command, "service", "--json", *options], stdout=subprocess.PIPE, text=True
    )


def heard(service: subprocess.Popen[str]) -> list[str]:
    """What the service told until its end."""
    return [json.loads(line)["event"] for line in service.communicate(timeout=120)[0].splitlines()]


def wait_for(is_so: Callable[[], object]) -> None:
    """Return once it is so; pytest's timeout ends the wait."""
    never = threading.Event()
    while not is_so():
        never.wait(0.05)


def tick_of(store: Store) -> Tick:
    return history(store, "a")[0]


def driver_of(store: Store, run: str) -> psutil.Process:
    """The process that holds the run's lock."""
    lock = str(store.run_folder(run) / "driver.lock")
    for process in psutil.process_iter():
        try:
            if lock in {file.path for file in process.open_files()}:
                return process
        except psutil.Error:
            continue
    raise AssertionError("nobody drives the run")


SOURCE = "__import__('os').getpid()"


def test_a_run_goes_on_without_its_service_and_is_found_by_the_next(
    store: Store, due: Callable[..., None], begun: Path, go: Path
) -> None:
    """Parameters are values and not source; steps run in the notebook's own kernel."""
    kernel = Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels" / "of-its-own" / "kernel.json"
    kernel.parent.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "own", "language": "python"}
    kernel.write_text(json.dumps(spec))
    due(
        ("parameters", "word = 'x'\nsource = ''"),
        ("step:look", f"assert (word, source) == ('hello', {SOURCE!r})"),
        kernel="of-its-own",
        parameters={"word": "hello", "source": SOURCE},
    )
    first = serve(store)
    wait_for(begun.exists)
    first.kill()
    first.communicate()
    (run,) = tick_of(store).runs
    second = serve(store)
    assert second.stdout is not None
    assert json.loads(second.stdout.readline())["event"] == "serving"
    second.send_signal(signal.SIGTERM)
    assert (heard(second), second.returncode) == (["stopping", "stopped"], 0)
    assert tick_of(store).state == "running"
    go.touch()
    wait_for(lambda: store.catalog.find_run(run).state != "running")
    assert heard(serve(store, "--once")) == ["succeeded"]
    assert (tick_of(store).state, tick_of(store).runs) == ("succeeded", (run,))
    found = store.catalog.find_run(run)
    assert {step.environment.source for step in found.steps if step.environment} == {
        "kernel 'of-its-own' as it stands"
    }
    assert (found.state, found.reason) == ("succeeded", f"schedule a, due {tick_of(store).due}")
    assert len(store.catalog.list_runs()) == 1


def test_a_run_whose_driver_is_killed_is_lost_and_tried_again(
    store: Store, due: Callable[..., None], begun: Path, go: Path
) -> None:
    due(retries=1, backoff=1)
    told: list[str] = []
    service = Service(
        store,
        host="here",
        slots=1,
        clock=SystemClock(),
        say=lambda what, schedule, text, **about: told.append(what),
    )
    stop = threading.Event()
    serving = threading.Thread(target=service.run, args=[stop])
    serving.start()
    try:
        wait_for(begun.exists)
        (run,) = tick_of(store).runs
        driver_of(store, run).kill()
        go.touch()
        wait_for(lambda: tick_of(store).state == "succeeded")
    finally:
        stop.set()
        serving.join()
    assert told == ["starting", "queued", "starting", "succeeded"]
    assert [store.catalog.find_run(name).state for name in tick_of(store).runs] == [
        "lost",
        "succeeded",
    ]


def test_a_service_that_is_told_to_end_sees_its_runs_to_their_end(
    store: Store, due: Callable[..., None], begun: Path
) -> None:
    """The run never ends by itself: also its time is kept while the service ends."""
    due(timeout=10**6)
    service = serve(store)
    wait_for(begun.exists)
    run_now(store, "a", now())  # is not begun any more
    service.send_signal(signal.SIGTERM)
    up = ticks.update().where(ticks.c.state == "running").values(deadline=iso(T0))
    store.catalog.database.write(lambda connection: connection.execute(up))
    assert heard(service) == ["serving", "starting", "stopping", "failed", "stopped"]
    assert service.returncode == 0
    waiting, stopped = history(store, "a")
    assert (waiting.state, stopped.state, stopped.why) == (
        "queued",
        "failed",
        "its run was stopped: its time was up",
    )
    assert store.catalog.find_run(stopped.runs[0]).state == "cancelled"


def test_a_pinned_notebook_runs_whatever_was_saved_since_and_a_bad_one_fails_by_name(
    store: Store, due: Callable[..., None], go: Path
) -> None:
    go.touch()
    due(("step:first", "y = 1"), retries=3)
    notebook = Path(str(find_schedule(store, "a").schedule.notebook))  # type: ignore[union-attr]
    latest = find_schedule(store, "a").schedule
    assert latest is not None
    add_schedule(store, checked(store, replace(latest, name="b"), pinned=True), now())
    notebook.write_text(notebook.read_text().replace("y = 1", "y = "))
    assert [find_schedule(store, name).outdated for name in "ab"] == [False, True]
    run_now(store, "b", now())
    assert heard(serve(store, "--once", "--slots", "2")) == [
        "starting",
        "starting",
        "failed",
        "succeeded",
    ]
    failed, (pinned,) = tick_of(store), history(store, "b")
    assert (failed.state, failed.attempt, failed.runs) == ("failed", 1, ())
    assert "cannot be compiled" in failed.why
    assert pinned.state == "succeeded"
    (run,) = store.catalog.list_runs()
    assert run.source == find_schedule(store, "b").schedule.revision  # type: ignore[union-attr]
    assert iso(now()) > str(pinned.ended)


def test_a_driver_that_lost_its_tick_while_it_made_ready_begins_no_step(
    store: Store, due: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was heard of it for so long that another claimed the tick."""
    due()
    (slow,) = dispatch.claim(store, now(), host="here", slots=1)
    quick = []

    def late(*arguments: object) -> bool:
        later = now() + 2 * dispatch.LEASE
        dispatch.expire(store, later)
        quick.extend(dispatch.claim(store, later, host="there", slots=1))
        return dispatch.begin(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(driver, "begin", late)
    driver.drive(slow, store, Mlops())
    (run,) = store.catalog.list_runs()
    assert (run.state, [step.state for step in run.steps]) == ("cancelled", ["cancelled"])
    assert (tick_of(store).state, tick_of(store).runs) == ("starting", ())
    driver.drive(slow, store, Mlops())  # its claim is gone: it does not even compile
    assert len(store.catalog.list_runs()) == 1
    assert dispatch.renew(store, quick[0], now())
