"""What Prometheus' look costs in a large catalog: runs of 300 notebooks in four states."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from jupyter_mlops.scheduling.metrics import Exporter
from jupyter_mlops.store import Store

RUNS = [10_000, int(os.environ.get("BENCH_RUNS", "1000000"))]
NOTEBOOKS = 300
STATES = 90 * ["succeeded"] + 7 * ["failed"] + 2 * ["cancelled"] + ["lost"]
DOCUMENT = (
    '{"notebook":"%s","started":"2026-11-25T12:00:00+00:00","ended":"2026-11-25T12:01:00+00:00"}'
)
NOW = datetime(2026, 11, 25, 13, tzinfo=UTC)


@pytest.fixture(scope="module", params=RUNS, ids=lambda number: f"{number} runs")
def filled(request, tmp_path_factory) -> Iterator[Store]:
    """A store with so many runs, without their steps."""
    store = Store(tmp_path_factory.mktemp("filled") / "store").open()
    store.catalog.list_runs()
    rows = (
        (
            f"r{number}",
            f"/books/{number % NOTEBOOKS}.ipynb",
            STATES[number // NOTEBOOKS * 7 % len(STATES)],
        )
        for number in range(request.param)
    )
    adding = "INSERT INTO runs (run, notebook, state, document) VALUES (?, ?, ?, ?)"
    with closing(sqlite3.connect(store.catalog.where)) as connection, connection:
        connection.executemany(adding, ((*row, DOCUMENT % row[1]) for row in rows))
    yield store
    store.close()


@pytest.mark.benchmark(group="metrics", timer=time.process_time)
def test_metrics(benchmark, filled: Store) -> None:
    exporter = Exporter(filled)
    assert exporter.text(NOW).count(b"last_success_timestamp_seconds{") == NOTEBOOKS
    benchmark(exporter.text, NOW)
