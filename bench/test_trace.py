"""What a trace costs in a large catalog: runs that all read one file, and one model each."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.lineage.trace import trace
from jupyter_mlops.store import Store

RUNS = [10_000, int(os.environ.get("BENCH_RUNS", "1000000"))]
BATCH = 50_000
DOCUMENT = (
    '{"run":"%s","state":"succeeded","reason":"bench","notebook":"/book.ipynb","source":"s",'
    '"pipeline":"p","parameters":[],"engine":"local","user":"ada","host":"here","started":"2026"}'
)
QUESTIONS = ("a model", "the model's beginning", "the file that all read", "the notebook", "a run")


def digest(what: str, number: int = 0) -> str:
    return f"sha256:{hashlib.sha256(f'{what} {number}'.encode()).hexdigest()}"


def name(number: int) -> str:
    return f"2026-{number:07d}-book-3fa9"


@pytest.fixture(scope="module", params=RUNS, ids=lambda number: f"{number} runs")
def filled(request, tmp_path_factory) -> Iterator[tuple[Store, int]]:
    """A store with so many runs of two steps each, and their number; their records are absent."""
    store = Store(tmp_path_factory.mktemp("filled") / "store").open()
    store.catalog.list_runs()
    for start in range(0, request.param, BATCH):
        _fill(store.catalog.where, range(start, min(request.param, start + BATCH)))
    yield store, request.param
    size = store.catalog.where.stat().st_size
    print(f"{request.param} runs: {size / 1e6:.0f} MB")
    store.close()


@pytest.mark.benchmark(group="trace")
@pytest.mark.parametrize("what", QUESTIONS)
def test_trace(benchmark, filled: tuple[Store, int], what: str, monkeypatch) -> None:
    store, runs = filled
    monkeypatch.setattr("jupyter_mlops.lineage.trace.read_birth", lambda store, made: None)
    model = digest("model", runs // 2)
    asked = {
        "a model": model,
        "the model's beginning": model[:23],
        "the file that all read": digest("raw"),
        "the notebook": digest("notebook"),
        "a run": name(runs // 2),
    }[what]
    found = benchmark(trace, store, asked)
    assert found.steps


def _fill(where: Path, numbers: range) -> None:
    runs, steps, executions, uses = [], [], [], []
    for number in numbers:
        run = name(number)
        runs.append((run, "/book.ipynb", "succeeded", DOCUMENT % run, 1))
        load, train = 2 * number + 1, 2 * number + 2
        for position, (serial, step) in enumerate(((load, "load"), (train, "train"))):
            execution = f"{run}.{step}.1"
            report = f'{{"step":"{step}","state":"succeeded","execution":"{execution}"}}'
            steps.append((run, position, report, step, execution))
            key, record = digest("key", serial), digest("record", serial)
            begun = f"2026-{number:07d}"
            executions.append((serial, execution, key, run, step, "succeeded", begun, record, 1))
            uses += [
                (digest("notebook"), "read", serial, "", "source notebook", None),
                (digest("stage", position), "read", serial, "", "stage notebook", None),
                (digest("done", serial), "made", serial, "", "executed notebook", None),
            ]
        uses += [
            (digest("raw"), "read", load, "data/raw.csv", "file", None),
            (digest("df", number), "made", load, "df", "variables", None),
            (digest("df", number), "received", train, "df", "variables", load),
            (digest("model", number), "made", train, "model.pkl", "file", None),
        ]
    uses.sort()
    with closing(sqlite3.connect(where)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        for table, columns, rows in (
            ("runs", "run, notebook, state, document, revision", runs),
            ("steps", "run, position, document, step, execution", steps),
            (
                "executions",
                "serial, execution, key, run, step, state, started, digest, indexed",
                executions,
            ),
            (
                "uses",
                "digest, how, moment, execution, name, kind, source",
                (
                    (a, how, 10 * e, e, called, kind, source)
                    for a, how, e, called, kind, source in uses
                ),
            ),
        ):
            marks = ", ".join("?" for _ in columns.split(","))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        connection.commit()
