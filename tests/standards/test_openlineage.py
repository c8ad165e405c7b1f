"""Runs told as OpenLineage events to a receiver that may be there or not."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from lineage_receiver import Receiver, receiver
from projects import Project, start_and_kill, states

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops
from jupyter_mlops.standards.openlineage import run_id

__all__ = ["receiver"]

pytestmark = pytest.mark.kernel

CELLS = (
    ("parameters", "n: int = 2"),
    ("step:load", "rows = open('in.txt').read().split()"),
    ("step:count", "size = len(rows) * n\nwritten = open('out.txt', 'w').write(str(size))"),
    ("step:bad", "part = size / 0"),
    ("step:after", "print(part)"),
)


def run(project: Project, **settings: str) -> Run:
    store = project.store
    try:
        return run_pipeline(
            RunRequest(notebook=project.notebook, engine="local"),
            store=store,
            settings=Mlops(**settings),
            on_event=project.events.append,
        )
    finally:
        store.close()


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["job"]["name"], event["eventType"]) for event in events]


def names(datasets: list[Mapping[str, Any]]) -> set[str]:
    return {f"{dataset['namespace']}:{dataset['name']}" for dataset in datasets}


@pytest.fixture
def failing(project: Project) -> Project:
    project.write(*CELLS)
    (project.folder / "in.txt").write_text("a b c")
    return project


def test_every_run_and_step_is_told(failing: Project, receiver: Receiver) -> None:
    ended = run(failing, openlineage=receiver.url)
    assert ended.state == "failed"
    assert told(receiver.events) == [
        ("book", "START"),
        ("book.load", "START"),
        ("book.load", "COMPLETE"),
        ("book.count", "START"),
        ("book.count", "COMPLETE"),
        ("book.bad", "START"),
        ("book.bad", "FAIL"),
        ("book.after", "ABORT"),
        ("book", "FAIL"),
    ]
    here = failing.folder
    count = receiver.events[4]
    assert names(receiver.events[2]["inputs"]) == {f"file:{here}/in.txt"}
    assert names(receiver.events[2]["outputs"]) == {"jupyter_mlops:book.rows"}
    assert names(count["inputs"]) >= {"jupyter_mlops:book.rows"}
    assert names(count["outputs"]) >= {f"file:{here}/out.txt", "jupyter_mlops:book.size"}
    assert count["run"]["runId"] == run_id(ended.run, "count")
    assert count["run"]["facets"]["parent"]["run"]["runId"] == run_id(ended.run)
    assert count["run"]["facets"]["jupyter_mlops"]["execution"] == f"{ended.run}.count.1"
    assert (
        receiver.events[6]["run"]["facets"]["errorMessage"]["message"]
        == "ZeroDivisionError: division by zero"
    )
    assert receiver.events[0]["run"]["facets"]["jupyter_mlops"]["parameters"] == {"n": 2}
    for event in receiver.events:
        facets = [*event["run"]["facets"].values(), *event["job"]["facets"].values()]
        assert all({"_producer", "_schemaURL"} <= facet.keys() for facet in facets)
        assert event["eventTime"] >= ended.started[:19]

    receiver.events.clear()
    again = run(failing, openlineage=receiver.url)
    assert states(again)["load"] == "reused"
    assert told(receiver.events)[1:3] == [("book.load", "START"), ("book.load", "COMPLETE")]


def test_what_a_receiver_misses_it_gets_with_the_next_run(
    failing: Project, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__RETRY__TOTAL", "0")
    receiver.status = 400
    missed = run(failing, openlineage=receiver.url)
    assert states(missed)["count"] == "succeeded"
    assert re.match("messages to OpenLineage wait in .+ \\(9\\): ", failing.events[-1]["notice"])
    assert failing.store.catalog.find_run(missed.run) == missed
    receiver.status = 201
    run(failing, openlineage=receiver.url)
    assert told(receiver.events)[:9] == [
        ("book", "START"),
        *(("book.load", kind) for kind in ("START", "COMPLETE")),
        *(("book.count", kind) for kind in ("START", "COMPLETE")),
        *(("book.bad", kind) for kind in ("START", "FAIL")),
        ("book.after", "ABORT"),
        ("book", "FAIL"),
    ]
    assert receiver.events[0]["run"]["runId"] == run_id(missed.run)
    assert not list(failing.store.root.glob("outbox/*/*.json"))


def test_a_run_whose_driver_died_is_told_to_be_aborted(
    project: Project, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_MLOPS_OPENLINEAGE", receiver.url)
    sleeper = "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)"
    project.write(("step:wait", sleeper))
    lost, _ = start_and_kill(project)
    project.write(("step:wait", "x = 1"))
    run(project, openlineage=receiver.url)
    mine = [
        (event["job"]["name"], event["eventType"])
        for event in receiver.events
        if event["run"]["runId"] in (run_id(lost), run_id(lost, "wait"))
    ]
    assert mine[-2:] == [("book.wait", "ABORT"), ("book", "ABORT")]


def test_nothing_is_imported_or_written_if_nothing_is_set(
    failing: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("openlineage", "mlflow", "jupyter_mlops.standards.openlineage"):
        monkeypatch.setitem(sys.modules, module, None)  # an import would fail
    run(failing)
    assert {event["notice"] for event in failing.events if event["event"] == "run"} == {""}
    assert not (failing.store.root / "outbox").exists()
