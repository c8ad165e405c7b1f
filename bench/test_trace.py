"""What a trace costs in a large catalog: runs that all read one file, and one model each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mlops.lineage.trace import trace
from jupyter_mlops.store import Store
from jupyter_mlops.store.database import connect

RUNS = [10_000, int(os.environ.get("BENCH_RUNS", "1000000"))]
BATCH = 10_000
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
    from jupyter_mlops.store import schema

    document = '{"run":"%s","state":"succeeded","reason":"bench","notebook":"/book.ipynb",'
    document += '"source":"s","pipeline":"p","parameters":[],"engine":"local","user":"ada",'
    document += '"host":"here","started":"2026"}'
    runs, steps, executions, uses = [], [], [], []
    for number in numbers:
        run = name(number)
        runs.append(
            {
                "run": run,
                "notebook": "/book.ipynb",
                "state": "succeeded",
                "document": document % run,
                "revision": 1,
            }
        )
        load, train = 2 * number + 1, 2 * number + 2
        for position, (serial, step) in enumerate(((load, "load"), (train, "train"))):
            execution = f"{run}.{step}.1"
            report = f'{{"step":"{step}","state":"succeeded","execution":"{execution}"}}'
            steps.append(
                {
                    "run": run,
                    "position": position,
                    "document": report,
                    "step": step,
                    "execution": execution,
                }
            )
            executions.append(
                {
                    "serial": serial,
                    "execution": execution,
                    "key": digest("key", serial),
                    "run": run,
                    "step": step,
                    "state": "succeeded",
                    "started": f"2026-{number:07d}",
                    "digest": digest("record", serial),
                    "indexed": True,
                }
            )
        rows = (
            (digest("raw"), "read", load, "data/raw.csv", "file", None),
            (digest("df", number), "made", load, "df", "variables", None),
            (digest("df", number), "received", train, "df", "variables", load),
            (digest("model", number), "made", train, "model.pkl", "file", None),
            *((digest("notebook"), "read", e, "", "source notebook", None) for e in (load, train)),
            *(
                (digest("stage", e % 2), "read", e, "", "stage notebook", None)
                for e in (load, train)
            ),
            *((digest("done", e), "made", e, "", "executed notebook", None) for e in (load, train)),
        )
        columns = ("digest", "how", "execution", "name", "kind", "source")
        uses += [{**dict(zip(columns, row, strict=True)), "moment": 10 * row[2]} for row in rows]
    engine = connect(where)
    with engine.begin() as connection:
        for table, rows in (
            (schema.runs, runs),
            (schema.steps, steps),
            (schema.executions, executions),
            (schema.uses, uses),
        ):
            connection.execute(table.insert(), rows)
    engine.dispose()
