"""Runs with objects on S3 and the catalog in PostgreSQL, from one machine and from many."""

from __future__ import annotations

import ast
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from broken_wire import Wire
from postgres_server import PostgresServer
from projects import Project, start_and_kill, states
from s3_server import S3Server

from jupyter_mlops.errors import StoreError
from jupyter_mlops.runner import cancel_run
from jupyter_mlops.store import check_store, patience

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("postgres")]

CELLS = (
    ("parameters", "n: int = 1"),
    ("step:make", "x = [n] * 100_000\nsize = open('made.txt', 'w').write(str(n))"),
    ("step:use", "print(sum(x), open('made.txt').read())"),
)
SLEEPER = (
    ("step:one", "x = 1"),
    ("step:wait", "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)"),
)

Machines = Callable[[str], Project]


@pytest.fixture
def machine(
    tmp_path: Path, notebook_file: Callable[..., Path], postgres: PostgresServer, bucket: str
) -> Machines:
    """Machines by name, each with a folder of its own, over one catalog and one bucket."""
    catalog = postgres.create_database()

    def open_machine(name: str) -> Project:
        return Project(tmp_path / name, notebook_file, catalog=catalog, objects=f"{bucket}/objects")

    return open_machine


def problems(project: Project) -> list[object]:
    store = project.store
    try:
        return list(check_store(store))
    finally:
        store.close()


def test_a_run_is_all_there_when_its_machine_is_not(machine: Machines, tmp_path: Path) -> None:
    first = machine("first")
    first.write(*CELLS)
    run = first.run()
    assert (run.state, first.printed("use")) == ("succeeded", "100000 1\n")
    shutil.rmtree(first.store.cache)
    again = first.run()
    assert states(again) == {"make": "reused", "use": "reused"}
    shutil.rmtree(first.store.root)
    second = machine("second")
    assert second.store.catalog.find_run(run.run) == run
    notebook = second.store.catalog.execution(f"{run.run}.use.1").result.notebook
    assert b"100000 1" in second.store.objects.read_bytes(str(notebook))
    second.write(*CELLS)
    second.edit("print(sum", "print(-sum")
    third = second.run()  # another folder: it is the same notebook by its content alone
    assert states(third) == {"make": "reused", "use": "succeeded"}
    assert second.printed("use") == "-100000 1\n"
    assert problems(second) == []


def test_machines_write_at_the_same_time_and_are_killed_and_lose_nothing(machine: Machines) -> None:
    machines = [machine(name) for name in ("a", "b")]
    for project in machines:
        project.write(*CELLS)
    drivers = [project.drive(n=str(n)) for n in (1, 2) for project in machines]
    ended: set[str] = set()
    for driver in drivers[:2]:
        *_, last = driver.communicate()[0].splitlines()
        assert last.endswith(" succeeded")
        ended.add(last.split()[0])
    for driver in drivers[2:]:
        driver.send_signal(signal.SIGKILL)
        for line in driver.communicate()[0].splitlines():
            if line.endswith(" succeeded"):
                ended.add(line.split()[0])
    for project in machines:  # each repairs what is its own
        assert project.run(text_parameters={"n": "3"}).state == "succeeded"
    runs = {run.run: run for run in machines[0].store.catalog.list_runs(limit=None)}
    assert {runs[name].state for name in ended} == {"succeeded"}
    assert {run.state for run in runs.values()} <= {"succeeded", "lost"}
    assert [p for p in problems(machines[0]) if p.kind != "stray file"] == []


def test_a_run_of_another_machine_is_not_lost(machine: Machines) -> None:
    far, here = machine("far"), machine("here")
    far.write(*SLEEPER)
    here.write(*CELLS)
    driver = far.drive()
    assert driver.stdout is not None
    name = next(e["run"] for line in driver.stdout if (e := ast.literal_eval(line)))
    try:
        assert here.run().state == "succeeded"
        assert here.store.catalog.find_run(name).state == "running"
        with pytest.raises(StoreError, match="is driven from another machine"):
            cancel_run(here.store, name)
        assert cancel_run(far.store, name).state == "running"
        assert driver.communicate()[0].splitlines()[-1] == f"{name} cancelled"
    finally:
        driver.kill()
    lost, _ = start_and_kill(far)
    far.write(*CELLS)
    far.run()
    assert here.store.catalog.find_run(lost).state == "lost"


@pytest.fixture
def wire(
    s3_server: S3Server,
    bucket: str,
    wire_to: Callable[[int], Wire],
    monkeypatch: pytest.MonkeyPatch,
) -> Wire:
    wire = wire_to(int(urlsplit(s3_server.endpoint).port or 0))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.port}")
    monkeypatch.setattr(patience, "PAUSES", (0.0,))
    return wire


def test_a_run_that_loses_its_objects_says_so_and_is_resumed(machine: Machines, wire: Wire) -> None:
    project = machine("one")
    project.write(*CELLS)
    project.store.close()
    names: list[str] = []

    def go_away(event: object) -> None:
        assert isinstance(event, dict)
        names.append(event["run"])
        if (event.get("step"), event.get("state")) == ("use", "running"):
            wire.refuses = True
            wire.cut()

    with pytest.raises(StoreError, match=r"the objects at s3://.+ cannot be read or written: .+"):
        project.run(react=go_away)
    wire.refuses = False
    (name,) = set(names)
    resumed = project.run(resume=name)
    assert states(resumed) == {"make": "reused", "use": "succeeded"}
    failed = project.store.catalog.find_run(name)
    assert (failed.state, failed.steps[0].state) == ("lost", "succeeded")
    assert problems(project) == []
