"""Runs whose catalog is in PostgreSQL, while the server stops, comes back, or stays away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from postgres_server import PostgresServer
from projects import Project, states

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store import check_store

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("postgres")]

CELLS = (("step:one", "x = 1"), ("step:two", "y = x + 1"), ("step:three", "print(y)"))


@pytest.fixture
def project(
    tmp_path: Path, notebook_file: Callable[..., Path], postgres: PostgresServer
) -> Project:
    project = Project(tmp_path, notebook_file, catalog=postgres.create_database())
    project.write(*CELLS)
    return project


def when(step: str, state: str, do: Callable[[], object]) -> Callable[[Mapping[str, Any]], None]:
    """What calls ``do`` once the step is heard to be in that state."""

    def react(event: Mapping[str, Any]) -> None:
        if (event["event"], event.get("step"), event.get("state")) == ("step", step, state):
            do()

    return react


def test_a_server_that_comes_back_costs_the_run_nothing(
    project: Project, postgres: PostgresServer
) -> None:
    starters: list[threading.Timer] = []

    def stop_for_a_moment() -> None:
        postgres.stop()
        starters.append(threading.Timer(1, postgres.start))
        starters[-1].start()

    between = when("one", "succeeded", stop_for_a_moment)
    within = when("three", "running", stop_for_a_moment)
    try:
        run = project.run(react=lambda event: (between(event), within(event)))
    finally:
        for starter in starters:
            starter.join()
    assert (len(starters), run.state) == (2, "succeeded")
    assert states(run) == dict.fromkeys(("one", "two", "three"), "succeeded")
    assert project.store.catalog.find_run(run.run) == run
    assert check_store(project.store) == ()
    assert states(project.run()) == dict.fromkeys(("one", "two", "three"), "reused")


def test_a_server_that_stays_away_ends_the_run_and_the_next_start_repairs_it(
    project: Project, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_mlops.store.database.PATIENCE", 0.2)
    try:
        with pytest.raises(StoreError, match=r"the catalog postgresql\S* does not answer"):
            project.run(react=when("two", "running", postgres.stop))
    finally:
        postgres.start()
    (broken,) = project.store.catalog.list_runs()
    assert (broken.state, states(broken)) == (
        "running",
        {"one": "succeeded", "two": "running", "three": "pending"},
    )
    run = project.run()
    # What step two had published was safe on disk before its record could be written.
    assert states(run) == {"one": "reused", "two": "reused", "three": "succeeded"}
    lost = project.store.catalog.find_run(broken.run)
    assert (lost.state, states(lost)) == (
        "lost",
        {"one": "succeeded", "two": "cancelled", "three": "cancelled"},
    )
    assert check_store(project.store) == ()
