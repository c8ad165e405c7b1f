"""The catalog: what was saved is found, whole; what is damaged is named."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jupyter_mlops.errors import ObjectCorrupted, StoreError, UnknownRun
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import (
    CellError,
    Environment,
    Execution,
    ParameterValue,
    Run,
    StepReport,
    StepResult,
)
from jupyter_mlops.store import Store

ENVIRONMENT = Environment(digest="sha256:e", engine="local", python="3.11.2", packages={"a": "1"})


def run_named(name: str, **changes: object) -> Run:
    plain = Run(
        run=name,
        state="running",
        reason="a test",
        notebook="/books/iris.ipynb",
        source="sha256:s",
        pipeline="sha256:p",
        parameters=(ParameterValue(name="lr", value=[0.1, None, "ü"], origin="file"),),
        engine="local",
        user="ada",
        host="here",
        started="2026-11-23T15:04:05+00:00",
        steps=(
            StepReport(step="load", state="succeeded", outputs=(FileRef(path="a", digest=None),)),
            StepReport(
                step="train",
                state="failed",
                inputs=(Group(names=("df",), digest="sha256:d", size=3),),
                environment=ENVIRONMENT,
                error=CellError(kind="ValueError", message="no", cell=3, line=1),
            ),
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def execution_named(name: str, **changes: object) -> Execution:
    run, step, attempt = name.split(".")
    plain = Execution(
        execution=name,
        run=run,
        step=step,
        attempt=int(attempt),
        key="sha256:k",
        code="sha256:c",
        parameters={"lr": 0.1},
        inputs=(Group(names=("df",), digest="sha256:d", size=3, requires=("np",), step="load"),),
        files=(FileRef(path="out.csv", digest="sha256:f", size=9),),
        environment=ENVIRONMENT,
        stage="sha256:t",
        source="sha256:s",
        why="first run",
        user="ada",
        host="here",
        result=StepResult(
            attempt=int(attempt), state="succeeded", started="2026", ended="2027", metrics={"m": 1}
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_run_comes_back_whole_and_is_replaced_whole(store: Store) -> None:
    first = run_named("r1")
    store.catalog.save_run(first)
    assert store.catalog.find_run("r1") == first
    last = replace(first, state="failed", ended="2026", steps=first.steps[:1])
    store.catalog.save_run(last)
    assert store.catalog.find_run("r1") == last
    assert store.catalog.list_runs() == [last]


def test_a_step_is_replaced_in_its_place(store: Store) -> None:
    run = run_named("r1")
    store.catalog.save_run(run)
    report = StepReport(step="load", state="reused", why="equal", metrics={"n": 2.5})
    store.catalog.save_step("r1", 0, report)
    added = StepReport(step="report", state="pending")
    store.catalog.save_step("r1", 2, added)
    assert store.catalog.find_run("r1").steps == (report, run.steps[1], added)


def test_a_step_of_no_run_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.catalog.save_step("absent", 0, StepReport(step="load", state="pending"))


@dataclass(frozen=True)
class Search:
    asked: str
    found: str | None
    candidates: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "case",
    [
        Search("20261123-iris-3fa9", "20261123-iris-3fa9"),
        Search("20261123-iris-3", "20261123-iris-3fa9"),
        Search("20261124", "20261124-wine-0001"),
        Search("latest", "20261124-wine-0001"),
        Search("20261123-iris", None, ("20261123-iris-4abc", "20261123-iris-3fa9")),
        Search("2026%", None),
        Search("_", None),
        Search("", None),
        Search("iris", None),
    ],
    ids=lambda case: case.asked or "nothing",
)
def test_runs_are_found_by_name_beginning_or_latest(store: Store, case: Search) -> None:
    for name in ("20261123-iris-3fa9", "20261123-iris-4abc", "20261124-wine-0001"):
        store.catalog.save_run(run_named(name))
    if case.found is not None:
        assert store.catalog.find_run(case.asked).run == case.found
    else:
        with pytest.raises(UnknownRun) as caught:
            store.catalog.find_run(case.asked)
        assert (caught.value.run, caught.value.candidates) == (case.asked, case.candidates)


def test_a_name_that_begins_another_is_found_exactly(store: Store) -> None:
    for name in ("r1", "r11"):
        store.catalog.save_run(run_named(name))
    assert store.catalog.find_run("r1").run == "r1"


def test_runs_are_listed_newest_first(store: Store) -> None:
    runs = [
        run_named("r1", state="succeeded"),
        run_named("r2", state="failed", notebook="/books/wine.ipynb", steps=()),
        run_named("r0", state="failed", started="1970"),  # the clock jumped back
    ]
    for run in runs:
        store.catalog.save_run(run)
    store.catalog.save_run(runs[0])  # saving again does not make it newer
    listed = store.catalog.list_runs
    assert listed() == [runs[2], runs[1], runs[0]]
    assert listed(limit=2) == [runs[2], runs[1]]
    assert listed(state="failed", limit=None) == [runs[2], runs[1]]
    assert listed(notebook="/books/iris.ipynb") == [runs[2], runs[0]]
    assert listed(notebook="/books/iris.ipynb", state="failed") == [runs[2]]


def test_listing_costs_two_queries(store: Store) -> None:
    from sqlalchemy import Engine, event

    for number in range(20):
        store.catalog.save_run(run_named(f"r{number}"))
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        store.catalog.list_runs()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [s.split()[0] for s in statements] == ["BEGIN", "SELECT", "SELECT"]


def test_executions_are_objects_found_by_key_newest_first(store: Store) -> None:
    store.catalog.save_run(run_named("r1"))
    failed = execution_named("r1.train.1")
    failed = replace(failed, result=replace(failed.result, state="failed"))
    first, second = execution_named("r1.train.2"), execution_named("r1.other.1")
    elsewhere = execution_named("r1.load.1", key="sha256:other")
    digests = [store.catalog.record_execution(e) for e in (failed, first, second, elsewhere)]
    assert store.catalog.record_execution(first) == digests[1]  # a second time changes nothing
    assert store.catalog.executions("sha256:k") == [second, first]
    assert store.catalog.executions("sha256:none") == []
    assert store.catalog.execution("r1.train.1") == failed
    assert all(digest in store.objects for digest in digests)
    with pytest.raises(StoreError, match=r"r1\.train\.2 is recorded already"):
        store.catalog.record_execution(replace(first, why="another record"))
    with pytest.raises(UnknownRun):
        store.catalog.execution("r1.train.9")


def test_the_latest_execution_is_of_the_notebook_and_succeeded(store: Store) -> None:
    store.catalog.save_run(run_named("r1"))
    store.catalog.save_run(run_named("r2", notebook="/books/wine.ipynb"))
    mine, other = execution_named("r1.train.1"), execution_named("r2.train.1")
    failed = execution_named("r1.train.2")
    failed = replace(failed, result=replace(failed.result, state="failed"))
    for execution in (mine, other, failed):
        store.catalog.record_execution(execution)
    assert store.catalog.latest_execution("/books/iris.ipynb", "train") == mine
    assert store.catalog.latest_execution("/books/iris.ipynb", "load") is None


def test_a_corrupted_record_is_refused_by_name_and_skipped_by_key(store: Store) -> None:
    store.catalog.save_run(run_named("r1"))
    good, bad = execution_named("r1.train.1"), execution_named("r1.train.2")
    store.catalog.record_execution(good)
    path = store.objects.path(store.catalog.record_execution(bad))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"first run", b"first rum"))
    assert store.catalog.executions("sha256:k") == [good]
    with pytest.raises(ObjectCorrupted):
        store.catalog.execution("r1.train.2")


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Path], object]
    message: str


DAMAGES = [
    Damage("no database", lambda p: p.write_bytes(b"<html>" * 1000), "is not a database"),
    Damage("cut short", lambda p: os.truncate(p, 8192), "is damaged or cut short"),
    Damage("empty", lambda p: os.truncate(p, 0), "is damaged: it is empty"),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damaged_catalog_is_named_with_a_fix(store: Store, damage: Damage) -> None:
    for number in range(50):
        store.catalog.save_run(run_named(f"r{number}"))
    store.close()
    damage.do(store.root / "catalog.sqlite")
    with pytest.raises(StoreError, match=rf"catalog\.sqlite {damage.message}") as caught:
        store.catalog.list_runs()
    assert caught.value.fix.startswith("move it away")


def test_a_deleted_catalog_starts_anew_without_the_old_log(store: Store) -> None:
    path = store.root / "catalog.sqlite"
    store.catalog.save_run(run_named("r1"))
    log = path.with_name("catalog.sqlite-wal").read_bytes()
    assert log
    store.close()
    path.unlink()
    path.with_name("catalog.sqlite-wal").write_bytes(log)
    assert store.catalog.list_runs() == []


def test_a_locked_catalog_is_waited_for_then_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.catalog.save_run(run_named("r1"))
    store.close()
    monkeypatch.setattr("jupyter_mlops.store.connection.BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(store.root / "catalog.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert [run.run for run in store.catalog.list_runs()] == ["r1"]  # readers are not held up
    with pytest.raises(StoreError, match="is locked by another process"):
        store.catalog.save_run(run_named("r2"))
    holder.execute("ROLLBACK")
    holder.close()
    store.catalog.save_run(run_named("r2"))


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from jupyter_mlops.store import Store
sys.path.insert(0, sys.argv[3])
from test_catalog import execution_named, run_named
store, me = Store(Path(sys.argv[1])).open(), sys.argv[2]
for number in range(25):
    name = f"{me}-{number}"
    store.catalog.save_run(run_named(name))
    store.objects.put_bytes(b"shared" * 1000)
    store.catalog.record_execution(execution_named(f"{name}.train.1"))
    store.catalog.save_run(run_named(name, state="succeeded"))
"""


def test_two_processes_write_one_new_store(tmp_path: Path) -> None:
    here = str(Path(__file__).parent)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path / "store", me, here], stderr=subprocess.PIPE
        )
        for me in ("a", "b")
    ]
    problems = [writer.communicate()[1].decode() for writer in writers]
    assert ([writer.returncode for writer in writers], problems) == ([0, 0], ["", ""])
    store = Store(tmp_path / "store").open()
    names = sorted(f"{me}-{number}" for me in "ab" for number in range(25))
    runs = store.catalog.list_runs(limit=None)
    assert sorted(run.run for run in runs) == names
    assert {run.state for run in runs} == {"succeeded"}
    assert sorted(e.run for e in store.catalog.executions("sha256:k")) == names
    assert list((store.objects.root / "tmp").iterdir()) == []
    store.close()
