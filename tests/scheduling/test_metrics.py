"""What Prometheus is told of a catalog, at what cost, and that the rules ask for no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from catalog_samples import run_named
from planned import T0, at, begun, end, schedule_named
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, event

from jupyter_mlops.model.run import Arrival, RunState
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.book import add_schedule, pause_schedule, run_now
from jupyter_mlops.scheduling.figures import read_figures
from jupyter_mlops.scheduling.fire import fire
from jupyter_mlops.scheduling.metrics import BOUNDS, Exporter
from jupyter_mlops.store import Store
from jupyter_mlops.store.schema import schedules

EXAMPLES = Path(__file__).parents[2] / "examples" / "operations"
VARYING = ("info", "store_free_bytes")


def told(exporter: Exporter, minute: float) -> dict[str, float]:
    """The values by name and labels; of buckets those that hold something, and no zeros."""
    text = exporter.text(at(minute)).decode()
    samples = [
        (sample.name.removeprefix("jupyter_mlops_"), sorted(sample.labels.values()), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    return {f"{name}{labels}": v for name, labels, v in samples if v and name not in VARYING}


def save(store: Store, name: str, state: RunState, *, book: str = "a", took: float = 0) -> None:
    """Record a run that began at 12 o'clock, and took so many minutes."""
    ended = None if state == "running" else iso(at(took))
    run = run_named(name, notebook=book, state=state, started=iso(T0), ended=ended)
    store.catalog.save_run(run)


def test_runs(store: Store) -> None:
    save(store, "old", "succeeded", took=1)
    save(store, "older", "failed", book="b", took=1)
    save(store, "going", "running")
    exporter = Exporter(store)
    assert told(exporter, 5) == {
        "runs_running['a']": 1,
        "last_run_failed['b']": 1,
        "last_success_timestamp_seconds['a']": at(1).timestamp(),
    }
    save(store, "going", "lost")
    save(store, "quick", "succeeded", book="b", took=0.05)
    save(store, "slow", "succeeded", book="b", took=4)
    save(store, "stopped", "cancelled", book="b")
    imported = Arrival(user="ada", host="here", time=iso(T0), file="sha256:f")
    store.catalog.save_run(
        run_named("alien", notebook="b", state="failed", ended=iso(T0), imported=imported)
    )
    ended = {
        "runs_ended_total['a', 'lost']": 1,
        "runs_ended_total['b', 'succeeded']": 2,
        "runs_ended_total['b', 'cancelled']": 1,
        "run_duration_seconds_count['b']": 2,
        "run_duration_seconds_sum['b']": 243,
        **{
            f"run_duration_seconds_bucket{sorted(['b', str(float(bound))])}": 1 + (bound >= 240)
            for bound in BOUNDS
            if bound >= 3
        },
        "run_duration_seconds_bucket['+Inf', 'b']": 2,
        "last_run_failed['a']": 1,
        "last_run_failed['b']": 1,
        "last_success_timestamp_seconds['a']": at(1).timestamp(),
        "last_success_timestamp_seconds['b']": at(4).timestamp(),
    }
    assert told(exporter, 5) == ended
    save(store, "next", "succeeded", took=2)
    again = told(exporter, 5)
    assert again.pop("last_success_timestamp_seconds['a']") == at(2).timestamp()
    assert "last_run_failed['a']" not in again
    assert again["runs_ended_total['a', 'succeeded']"] == 1


def test_schedules_and_ticks(store: Store) -> None:
    for name in ("busy", "slow", "off", "bad", "late"):
        cron = "0 * * * *" if name == "late" else "* * * * *"
        add_schedule(store, schedule_named(name, cron, overlap="queue"), T0)
    pause_schedule(store, "off", T0)
    damaged = schedules.update().where(schedules.c.name == "bad").values(document="{")
    store.catalog.database.write(lambda connection: connection.execute(damaged))
    exporter = Exporter(store)
    assert told(exporter, 0) == {"schedules['active']": 4, "schedules['paused']": 1}
    assert told(exporter, 2) == {
        "schedules['active']": 4,
        "schedules['paused']": 1,
        "schedule_lateness_seconds[]": 60,
    }
    fire(store, at(1))
    (run,) = begun(store, at(1), slots=1)
    standing = {
        "schedules['active']": 3,
        "schedules['paused']": 1,
        "schedules['invalid']": 1,
    }
    assert told(exporter, 1.5) == standing | {
        "ticks['running']": 1,
        "ticks['queued']": 1,
        "queue_length[]": 1,
        "queue_lateness_seconds[]": 30,
        "runs_running['/books/iris.ipynb']": 1,
    }
    end(store, run, "failed", at(2))
    run_now(store, "late", at(3))
    late = replace(schedule_named("late"), overlap="skip")
    add_schedule(store, replace(late, name="full", missed="skip"), at(0))
    fire(store, at(3))
    assert told(exporter, 3)["ticks_left_out_total['missed']"] == 1


@contextmanager
def plans(connection: Connection) -> Iterator[list[str]]:
    """How SQLite executes each statement that is executed meanwhile."""
    found: list[str] = []

    def explain(_: object, cursor: object, statement: str, parameters: object, *__: object) -> None:
        raw = connection.connection.cursor()
        rows = raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found.extend(detail for *_, detail in rows)

    event.listen(connection, "before_cursor_execute", explain)
    yield found
    event.remove(connection, "before_cursor_execute", explain)


def test_no_number_of_runs_or_ticks_makes_it_slower(file_store: Store) -> None:
    """Whatever is walked from its beginning to its end is what a statement has found itself."""
    save(file_store, "old", "succeeded", took=1)
    save(file_store, "going", "running")

    def work(connection: Connection) -> list[str]:
        before = read_figures(connection, T0)
        with plans(connection) as found:
            read_figures(connection, T0, before)
        return found

    found = file_store.catalog.database.read(work)
    assert [plan for plan in found if re.search(r"SCAN (runs|ticks)\b", plan)] == []
    tables = r"SEARCH (runs|ticks)\b.*?USING (?:COVERING )?INDEX (\w+)"
    assert {match.groups() for plan in found if (match := re.search(tables, plan))} == {
        ("runs", "runs_by_state"),
        ("ticks", "ticks_by_state"),
    }


@pytest.mark.parametrize("name", ["alerts.yaml", "dashboard.json"])
def test_rules_and_dashboard_name_only_what_is_told(file_store: Store, name: str) -> None:
    save(file_store, "going", "running")
    exporter = Exporter(file_store)
    exporter.text(T0)
    save(file_store, "going", "succeeded", took=1)
    families = text_string_to_metric_families(exporter.text(T0).decode())
    known = {sample.name for family in families for sample in family.samples}
    named = set(re.findall(r"jupyter_mlops_\w+", (EXAMPLES / name).read_text()))
    assert len(named) >= 6
    assert named - known == set()
