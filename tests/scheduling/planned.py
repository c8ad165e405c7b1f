"""Schedules to plan with, a clock that stands until it is moved, and runs that nobody drives."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog_samples import run_named

from jupyter_mlops.model.run import RunState
from jupyter_mlops.model.schedule import Schedule, Tick
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.book import history
from jupyter_mlops.scheduling.conclude import conclude
from jupyter_mlops.scheduling.dispatch import Claim, begin, claim
from jupyter_mlops.scheduling.timing import cron_timing
from jupyter_mlops.store import Store

T0 = datetime(2026, 11, 25, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after 12 o'clock."""
    return T0 + timedelta(minutes=minutes)


def minutes(text: str) -> float:
    """The minutes after 12 o'clock of a recorded moment."""
    return (datetime.fromisoformat(text) - T0).total_seconds() / 60


def schedule_named(name: str, cron: str = "* * * * *", **changes: object) -> Schedule:
    plain = Schedule(
        name=name, notebook=f"/books/{name}.ipynb", timing=cron_timing(cron, "UTC"), created=iso(T0)
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


class StoppedClock:
    """Time that passes when somebody waits, and not otherwise."""

    def __init__(self, moment: datetime = T0) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        self.moment += timedelta(seconds=seconds)
        return stop.is_set()


def claimed(store: Store, now: datetime, *, slots: int = 100, host: str = "here") -> list[Claim]:
    return claim(store, now, host=host, slots=slots)


def begun(store: Store, now: datetime, **options: object) -> list[str]:
    """Names of the runs that were begun, by one driver for each claim."""
    timeout = options.pop("timeout", None)
    names = []
    for held in claimed(store, now, **options):  # type: ignore[arg-type]
        name = f"{held.schedule}-{held.due}-{held.token}"
        store.run_folder(name).mkdir()
        store.catalog.save_run(run_named(name))
        assert begin(store, held, name, now, timeout)  # type: ignore[arg-type]
        names.append(name)
    return names


def end(store: Store, run: str, state: RunState, now: datetime) -> list[Tick]:
    """The ticks that have ended because the run ended so."""
    store.catalog.save_run(replace(store.catalog.find_run(run), state=state))
    return conclude(store, now)


def told(store: Store, name: str) -> list[tuple[float, str]]:
    """The minute and the state of each tick of a schedule, oldest first."""
    return [(minutes(tick.due), tick.state) for tick in reversed(history(store, name, limit=10**6))]
