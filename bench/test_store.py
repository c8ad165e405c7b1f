"""The store: ingest, and what it costs to check, to rebuild and to look things up."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from jupyter_mlops.lineage.compare import compare_runs
from jupyter_mlops.lineage.label import tag
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.ledger import NOTHING, Entry, seal
from jupyter_mlops.model.run import Environment, Execution, Run, StepReport, StepResult
from jupyter_mlops.store import Store, check_lines, examine_store
from jupyter_mlops.store.database import connect
from jupyter_mlops.store.digests import SETTLED_SECONDS, FileDigests
from jupyter_mlops.store.rows import execution_row, run_row, step_rows

SMALL = int(os.environ.get("BENCH_SMALL_FILES", "10000"))
LARGE = int(os.environ.get("BENCH_LARGE_MIB", "1024"))
RUNS = [10_000, int(os.environ.get("BENCH_RUNS", "1000000"))]
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "100000"))
LOOK_UPS = (
    *("key", "unknown key", "latest execution", "new notebook", "name", "beginning of a name"),
    *("new step", "latest", "50 newest", "50 of a notebook", "all running"),
    *("50 failed", "tagged", "two compared"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()


def run_number(number: int) -> Run:
    """One in a thousand has failed."""
    name = f"2026-{number:07d}-book-3fa9"
    return Run(
        run=name,
        state="failed" if number % 1000 == 7 else "succeeded",
        reason="bench",
        notebook=f"/books/{number % 100}.ipynb",
        source="sha256:s",
        pipeline="sha256:p",
        parameters=(),
        engine="local",
        user="ada",
        host="here",
        started=f"2026-{number:07d}",
        steps=(StepReport(step="train", state="succeeded", execution=f"{name}.train.1"),),
    )


def execution_of(run: Run) -> Execution:
    return Execution(
        execution=f"{run.run}.train.1",
        run=run.run,
        step="train",
        attempt=1,
        key=f"sha256:{run.run}",
        code="sha256:c",
        parameters={},
        inputs=(),
        files=(),
        environment=Environment(digest="sha256:e", engine="local", python="3.11"),
        stage="sha256:t",
        source="sha256:s",
        why="bench",
        user="ada",
        host="here",
        result=StepResult(attempt=1, state="succeeded", started=run.started, ended=run.started),
    )


@pytest.mark.benchmark(group=f"put_bytes of {SMALL} new small objects")
@pytest.mark.parametrize("held", [0, SMALL], ids=lambda held: f"into {held}")
def test_small_objects(benchmark, store: Store, held: int) -> None:
    numbers = count()
    for _ in range(held):
        store.objects.put_bytes(str(next(numbers)).encode())

    def put() -> None:
        for _ in range(SMALL):
            store.objects.put_bytes(str(next(numbers)).encode())

    benchmark.pedantic(put, rounds=1)


@pytest.mark.benchmark(group=f"a file of {LARGE} MiB")
@pytest.mark.parametrize("way", ["put_file", "verify", "checkout"])
def test_a_large_file(benchmark, store: Store, tmp_path: Path, way: str) -> None:
    source = tmp_path / "large"
    with source.open("wb") as file:
        for _ in range(LARGE):
            file.write(os.urandom(1 << 20))
    calls = {
        "put_file": lambda: store.objects.put_file(source),
        "verify": lambda: store.objects.verify(digest),
        "checkout": lambda: store.objects.checkout(digest, tmp_path),
    }
    digest = "" if way == "put_file" else store.objects.put_file(source)[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    benchmark.pedantic(calls[way], rounds=1)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    benchmark.extra_info.update(mib=LARGE, peak_memory_grew_kib=grown)


@pytest.mark.benchmark(group=f"the digest of an input of {LARGE} MiB, wanted by two processes")
@pytest.mark.parametrize("kept", [False, True], ids=["hashed by each", "kept beside the store"])
def test_an_input_that_is_wanted_twice(benchmark, store: Store, tmp_path: Path, kept: bool) -> None:
    source, folder = tmp_path / "large", store.cache / "digests" if kept else None
    with source.open("wb") as file:
        for _ in range(LARGE):
            file.write(os.urandom(1 << 20))
    time.sleep(SETTLED_SECONDS)
    spent = []

    def ask() -> None:
        before = time.process_time()
        FileDigests(folder).of(source)
        spent.append(time.process_time() - before)

    benchmark.pedantic(lambda: (ask(), ask()), rounds=1)
    first, second = spent
    benchmark.extra_info.update(mib=LARGE, cpu_seconds_first=first, cpu_seconds_second=second)


@pytest.mark.benchmark(group="one run with one execution, begun and ended on record")
def test_recording(benchmark, store: Store) -> None:
    numbers = count()

    def record() -> None:
        run = run_number(next(numbers))
        store.catalog.save_run(replace(run, state="running"))
        store.catalog.record_execution(execution_of(run))
        store.catalog.save_run(run)

    benchmark(record)


@pytest.mark.benchmark(group="whole stores of 1,000 runs")
@pytest.mark.parametrize("what", ["fsck", "rebuild"])
def test_whole_store(benchmark, store: Store, what: str) -> None:
    for number in range(1000):
        run = run_number(number)
        store.catalog.save_run(run)
        store.catalog.record_execution(execution_of(run))
    work = (lambda: examine_store(store)) if what == "fsck" else store.rebuild_catalog
    benchmark.pedantic(work, rounds=3)


@pytest.mark.benchmark(group=f"the ledger, {ENTRIES} entries")
@pytest.mark.parametrize("what", ["verify", "append"])
def test_ledger(benchmark, store: Store, what: str) -> None:
    _fill_ledger(store.root / "ledger" / "entries", ENTRIES)
    calls = {
        "verify": lambda: check_lines(store.ledger.lines()).problems == (),
        "append": lambda: Store(store.root).ledger.append(action="label"),
    }
    assert benchmark.pedantic(calls[what], rounds=3)


@pytest.fixture(scope="module", params=RUNS, ids=lambda number: f"{number} runs")
def filled(request, tmp_path_factory) -> Iterator[tuple[Store, int]]:
    """A store with so many runs of a hundred notebooks, and their number."""
    store = Store(tmp_path_factory.mktemp("filled") / "store").open()
    _fill(store, request.param)
    tag(store, run_number(request.param // 2).run, "kept")
    yield store, request.param
    store.close()


@pytest.mark.benchmark(group="look-ups")
@pytest.mark.parametrize("what", LOOK_UPS)
def test_look_ups(benchmark, filled: tuple[Store, int], what: str) -> None:
    store, runs = filled
    catalog, middle, earlier = store.catalog, run_number(runs // 2), run_number(runs // 2 - 100)
    record = execution_of(middle)
    calls = {
        "key": lambda: catalog.executions(record.key),
        "unknown key": lambda: catalog.executions("sha256:new") == [],
        "latest execution": lambda: catalog.latest_execution(middle.notebook, "train"),
        "new notebook": lambda: catalog.latest_execution("/new.ipynb", "train") is None,
        "new step": lambda: catalog.latest_execution(middle.notebook, "new") is None,
        "name": lambda: catalog.find_run(middle.run),
        "beginning of a name": lambda: catalog.find_run(middle.run[:-3]),
        "latest": lambda: catalog.find_run("latest"),
        "50 newest": lambda: catalog.list_runs(),
        "50 of a notebook": lambda: catalog.list_runs(notebook=middle.notebook),
        "all running": lambda: catalog.list_runs(state="running", limit=None) == [],
        "50 failed": lambda: catalog.list_runs(state="failed"),
        "tagged": lambda: catalog.list_runs(tag="kept"),
        "two compared": lambda: compare_runs(
            store, *map(catalog.find_run, (earlier.run, middle.run))
        ),
    }
    assert benchmark(calls[what])


def _fill(store: Store, number: int) -> None:
    """Rows of so many runs; the records of those that are looked for."""
    from jupyter_mlops.store import schema

    engine = connect(store.catalog.where)
    wanted = {number // 2, number // 2 - 100, number - 100 + number // 2 % 100}
    for start in range(0, number, 10_000):
        runs = [run_number(n) for n in range(start, min(number, start + 10_000))]
        rows = [execution_row(execution_of(run), "sha256:" + "0" * 64) for run in runs]
        for n in wanted & set(range(start, start + 10_000)):
            execution = execution_of(run_number(n))
            rows[n - start] = execution_row(execution, _put(store, execution))
        with engine.begin() as connection:
            connection.execute(schema.runs.insert(), [run_row(run, 1) for run in runs])
            connection.execute(
                schema.steps.insert(), [row for run in runs for row in step_rows(run)]
            )
            connection.execute(schema.executions.insert(), rows)
    engine.dispose()


def _put(store: Store, execution: Execution) -> str:
    from jupyter_mlops.store.records import execution_record

    return store.objects.put_bytes(execution_record(execution))


def _fill_ledger(folder: Path, number: int) -> None:
    """So many entries, as appending writes them."""
    previous = NOTHING
    for n in range(1, number + 1):
        entry = Entry(
            number=n,
            previous=previous,
            time="2026-11-25T10:00:00.000000+00:00",
            user="ada",
            host="here",
            action="run",
            subject=run_number(n // 2).run,
            state="succeeded" if n % 2 else "begun",
        )
        line, previous = seal(canonical_json(to_json(entry)))
        path = folder / f"{n // 1000:06d}" / f"{n:09d}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(line)
