"""One of several services in a storm: time passes by itself, runs succeed at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from catalog_samples import run_named
from planned import at, schedule_named

from jupyter_mlops.model.schedule import Timing
from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.runner.past import mark_lost_runs
from jupyter_mlops.scheduling.conclude import conclude
from jupyter_mlops.scheduling.dispatch import LEASE, begin, claim, expire
from jupyter_mlops.scheduling.fire import fire
from jupyter_mlops.scheduling.upstream import fire_upstream
from jupyter_mlops.store import Store, lifeline

SCHEDULES = [
    schedule_named("each-minute", overlap="allow", missed="all"),
    schedule_named("each-second-minute", "*/2 * * * *", overlap="queue", missed="all"),
    schedule_named("each-third-minute", "*/3 * * * *", overlap="allow", missed="all", priority=1),
]
FOLLOWING = schedule_named(
    "following",
    overlap="allow",
    missed="all",
    timing=Timing(kind="event"),
    trigger=Trigger(kind="schedule", source="each-second-minute"),
)


def serve(store: Store, host: str, ledger: int, minutes: int, say: Callable[[], object]) -> None:
    """Look twice a minute; after the last minute, until nothing more happens.

    Args:
        store: where the schedules are.
        host: whose service it is.
        ledger: gets a line for each run that went on.
        minutes: how long.
        say: hears of each thing that was done; whoever listens may kill the process in between.
    """
    look, happened = 1, False  # after the schedules were made: what ended before does not count
    while look <= 2 * minutes or (happened or look < 2 * minutes + 8):
        now = at(min(look / 2, minutes + 0.5)) + LEASE * max(0, look - 2 * minutes)
        look += 1
        happened = bool(fire(store, min(now, at(minutes + 0.5))))
        say()
        happened |= bool(fire_upstream(store, now))
        say()
        mark_lost_runs(store)
        expire(store, now)
        for _ in conclude(store, now):
            happened = True
            say()
        for held in claim(store, now, host=host, slots=3):
            happened = True
            say()
            run = run_named(f"{held.schedule}-{held.due}-{held.token}")
            with lifeline.hold(store.run_folder(run.run)):
                store.catalog.save_run(run)
                say()
                if begin(store, held, run.run, now, None):
                    os.write(ledger, f"{held.schedule} {held.due}\n".encode())
                    say()
                store.catalog.save_run(replace(run, state="succeeded"))
            say()
