"""A run belongs to a process of its own: it goes on without the server, and ends on record."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from serving import Server, messages, wait_until

LOAD = "print('loaded')\nx = {go!r}"
TRAIN = """
import pathlib, time
while not pathlib.Path(x).exists():
    print('waiting', flush=True)
    time.sleep(0.1)
"""


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The file that the second step waits for."""
    return tmp_path / "go"


def begin(server: Server, go: Path) -> str:
    """The name of a run that has come to the cell that waits."""
    path = f"{go.parent.name}/slow.ipynb"
    server.write(path, ("step:load", LOAD.format(go=str(go))), ("step:train", TRAIN))
    begun = server.ask("POST", "runs", {"path": path, "engine": "local"})
    run: str = begun.body["run"]
    assert begun.headers["Location"] == f"/mlops/runs/{run}"
    with server.socket(run) as opened:
        for event in messages(opened):
            if "waiting" in event.get("text", ""):
                return run
    raise AssertionError("the run ended too early")


def driver_of(server: Server, run: str) -> psutil.Process:
    """The process that holds the run's lock."""
    lock = server.store_root / "runs" / run / "driver.lock"
    for process in psutil.process_iter():
        try:
            if str(lock) in {file.path for file in process.open_files()}:
                return process
        except psutil.Error:
            continue
    raise AssertionError("nobody drives the run")


def story(events: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The states of the run and its steps, in the order in which they were told."""
    return [
        (event["event"], event.get("step", ""), event["state"])
        for event in events
        if event["event"] in ("run", "step", "end")
    ]


BEGUN = [
    ("run", "", "running"),
    ("step", "load", "pending"),
    ("step", "train", "pending"),
    ("step", "load", "running"),
    ("step", "load", "succeeded"),
    ("step", "train", "running"),
]


@pytest.mark.kernel
@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
def test_a_run_goes_on_while_the_server_is_away(
    own_server: Callable[..., Server], go: Path, kill: bool
) -> None:
    server = own_server()
    run = begin(server, go)
    driver = driver_of(server, run)
    assert os.getsid(driver.pid) == driver.pid
    server.stop(kill=kill)
    assert driver.is_running()
    server.start()
    assert server.ask("GET", f"runs/{run}").body["record"]["state"] == "running"
    go.touch()
    events = server.events(run)
    assert story(events) == [
        *BEGUN,
        ("step", "train", "succeeded"),
        ("run", "", "succeeded"),
        ("end", "", "succeeded"),
    ]
    text = "".join(event["text"] for event in events if event["event"] == "output")
    assert re.fullmatch("loaded\n(waiting\n)+", text)
    assert server.events(run) == events
    assert server.ask("GET", f"runs/{run}").body["record"]["state"] == "succeeded"
    wait_until(lambda: not driver.is_running() or driver.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.kernel
def test_a_run_of_before_the_restart_is_cancelled(
    own_server: Callable[..., Server], go: Path
) -> None:
    server = own_server()
    run = begin(server, go)
    server.stop()
    server.start()
    assert server.ask("POST", f"runs/{run}/cancel").status == 202
    assert story(server.events(run)) == [
        *BEGUN,
        ("step", "train", "cancelled"),
        ("run", "", "cancelled"),
        ("end", "", "cancelled"),
    ]


@pytest.mark.kernel
def test_a_run_whose_driver_was_killed_is_lost(server: Server, go: Path) -> None:
    run = begin(server, go)
    with server.socket(run) as opened:
        driver_of(server, run).send_signal(signal.SIGKILL)
        told = story(list(messages(opened)))
    lost = [*BEGUN, ("step", "train", "cancelled"), ("run", "", "lost"), ("end", "", "lost")]
    assert told == lost
    assert story(server.events(run)) == lost
    record = server.ask("GET", f"runs/{run}").body["record"]
    assert (record["state"], [step["state"] for step in record["steps"]]) == (
        "lost",
        ["succeeded", "cancelled"],
    )


@pytest.mark.kernel
def test_a_driver_that_is_asked_to_end_cancels_its_run(server: Server, go: Path) -> None:
    run = begin(server, go)
    driver_of(server, run).terminate()
    assert story(server.events(run))[-1] == ("end", "", "cancelled")


@pytest.mark.kernel
def test_a_run_without_a_journal_is_told_from_its_record(server: Server, go: Path) -> None:
    run = begin(server, go)
    go.touch()
    told = server.events(run)
    (server.store_root / "runs" / run / "events.jsonl").unlink()
    again = server.events(run)
    assert story(again) == [
        ("step", "load", "succeeded"),
        ("step", "train", "succeeded"),
        ("run", "", "succeeded"),
        ("end", "", "succeeded"),
    ]
    cells = {"cell-started", "output", "cell-finished"}
    assert [e for e in again if e["event"] in cells] == [e for e in told if e["event"] in cells]


@pytest.mark.kernel
def test_a_failed_step_is_told_with_its_cell(server: Server) -> None:
    server.write("fails.ipynb", ("step:load", "x = 1"), ("step:train", "1 / 0"), ("", "y = x"))
    run = server.ask("POST", "runs", {"path": "fails.ipynb", "engine": "local"}).body["run"]
    events = server.events(run)
    (failed,) = (event for event in events if event["event"] == "cell-failed")
    assert (failed["id"], failed["cell"], failed["error"]["kind"]) == (
        "c2",
        2,
        "ZeroDivisionError",
    )
    assert events[-1]["state"] == "failed"
    (listed,) = server.ask("GET", "runs?state=failed&notebook=fails.ipynb").body["runs"]
    assert listed["steps"][1]["error"]["cell_id"] == "c2"
    notebook = server.ask("GET", f"runs/{run}/steps/train/notebook").body
    (output,) = next(c["outputs"] for c in notebook["cells"] if c["id"] == "c2")
    assert output["ename"] == "ZeroDivisionError"
    resumed = server.ask("POST", "runs", {"path": "fails.ipynb", "engine": "local", "resume": run})
    assert server.events(resumed.body["run"])[-1]["state"] == "failed"
    record = server.ask("GET", f"runs/{resumed.body['run']}").body["record"]
    assert (record["reason"], record["steps"][0]["state"]) == (f"resumes {run}", "reused")


@pytest.mark.kernel
def test_the_event_bus_tells_of_every_state(server: Server, go: Path) -> None:
    with server.bus() as opened:
        run = begin(server, go)
        go.touch()
        heard = []
        while not heard or heard[-1] != ("run", "", "succeeded"):
            event = json.loads(opened.recv())
            if event.get("run") == run:
                assert event["schema_id"] == "https://events.jupyter.org/jupyter_mlops/run"
                assert event["path"] == f"{go.parent.name}/slow.ipynb"
                heard.append((event["event"], event.get("step", ""), event["state"]))
    assert heard == [*BEGUN, ("step", "train", "succeeded"), ("run", "", "succeeded")]
