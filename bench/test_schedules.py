"""Schedules: how late ticks are among ten thousand schedules, and what the service costs idle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.scheduling.conclude import conclude, stop_runs
from jupyter_mlops.scheduling.dispatch import claim, expire
from jupyter_mlops.scheduling.fire import fire, next_due
from jupyter_mlops.scheduling.timing import cron_timing, ticks
from jupyter_mlops.store import Store
from jupyter_mlops.store.rows import document

SCHEDULES = int(os.environ.get("BENCH_SCHEDULES", "10000"))
AT_ONCE = 200
SLOTS = 4
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """So many schedules, of which 200 are due in each minute of the hour, in three zones."""
    store = Store(tmp_path_factory.mktemp("schedules") / "store").open()
    rows = [_row(number) for number in range(SCHEDULES)]
    from jupyter_mlops.store.schema import schedules

    store.catalog.database.write(lambda connection: connection.execute(schedules.insert(), rows))
    yield store
    store.close()


def _row(number: int) -> dict[str, Any]:
    minute = number // AT_ONCE % 60
    zone = ("UTC", "Europe/Helsinki", "America/New_York")[number % 3]
    schedule = Schedule(
        name=f"s{number:05d}",
        notebook=f"/books/{number}.ipynb",
        timing=cron_timing(f"{minute} * * * *", zone),
        parameters={"lr": 0.1, "name": "a name"},
    )
    due = next(ticks(schedule.timing, NOON - timedelta(seconds=1)))
    return {
        "name": schedule.name,
        "state": "active",
        "due": due.isoformat(timespec="milliseconds"),
        "document": document(schedule),
    }


@pytest.mark.benchmark(group=f"{AT_ONCE} of {SCHEDULES} schedules are due at one second")
def test_due_at_once(benchmark, store: Store) -> None:
    """From the second at which they are due until all are on record, and the first are claimed."""
    moments = iter(NOON + n * MINUTE for n in range(50))

    def look() -> int:
        now = next(moments)
        made = len(fire(store, now).ticks)
        claim(store, now, host=now.isoformat(), slots=SLOTS)
        return made

    assert benchmark.pedantic(look, rounds=10) == min(AT_ONCE, SCHEDULES)


@pytest.mark.benchmark(group=f"a look at {SCHEDULES} schedules and {AT_ONCE * 10} ticks, idle")
def test_idle(benchmark, store: Store) -> None:
    now = NOON - MINUTE

    def look() -> None:
        assert not fire(store, now)
        expire(store, now)
        conclude(store, now)
        stop_runs(store, now)
        claim(store, now, host="here", slots=SLOTS)
        next_due(store)

    benchmark(look)
