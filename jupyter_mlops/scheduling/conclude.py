"""Runs of ticks are stopped when their time is up, and ticks end as their runs ended."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import EngineError, UnknownRun
from jupyter_mlops.model.run import Run
from jupyter_mlops.model.schedule import Tick, TickState
from jupyter_mlops.runner import cancel_run, is_elsewhere
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.attempts import end_attempt
from jupyter_mlops.scheduling.making import REPLACED

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Update

    from jupyter_mlops.store import Store


def stop_runs(store: Store, now: datetime) -> None:
    """Stop the runs whose time is up, and those whose place a newer tick takes.

    Raises:
        StoreError: the catalog or a run's folder cannot be written.
    """
    from sqlalchemy import select

    from jupyter_mlops.store.schema import ticks

    newer = ticks.alias()
    replaced = select(newer.c.serial).where(
        (newer.c.schedule == ticks.c.schedule)
        & (newer.c.serial > ticks.c.serial)
        & (newer.c.state == "queued")
        & (newer.c.ready <= iso(now))
    )
    going = ticks.select().where(ticks.c.state == "running")
    reasons = (
        ("timeout", going.where(ticks.c.deadline < iso(now))),
        ("replaced", going.where((ticks.c.overlap == "cancel") & replaced.exists())),
    )

    def look(connection: Connection) -> dict[str, str]:
        rows = [(row, why) for why, query in reasons for row in connection.execute(query)]
        return {row.run: row.ending or why for row, why in rows}

    database = store.catalog.database
    for run, why in database.read(look).items():
        if is_elsewhere(store, run):
            continue  # the service there stops it
        mine = (ticks.c.run == run) & (ticks.c.ending == "")
        change = ticks.update().where(mine).values(ending=why)
        database.write(partial(_execute, change))
        with suppress(EngineError):  # the driver is dead, too; another look will find the run lost
            cancel_run(store, run)


def conclude(store: Store, now: datetime) -> list[Tick]:
    """The ticks whose run has ended, as they stand now: ended as well, or queued for a retry.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs, ticks

    over = select(runs.c.run).where((runs.c.run == ticks.c.run) & (runs.c.state != "running"))
    query = ticks.select().where((ticks.c.state == "running") & over.exists())
    rows = store.catalog.database.read(lambda connection: connection.execute(query).all())
    ended = []
    for row in rows:
        state, why = _outcome(store.catalog.find_run(row.run), row)
        mine = (ticks.c.serial == row.serial) & (ticks.c.run == row.run)
        ended.append(end_attempt(store, mine, state, why, now))
    return [tick for tick in ended if tick is not None]


def failed_step(store: Store, run: str) -> str:
    """The step with which a run failed; empty if it did not, or is not on record any more.

    Raises:
        StoreError: the catalog cannot be read.
    """
    with suppress(UnknownRun):
        failed = store.catalog.find_run(run).failed
        return failed.step if failed is not None else ""
    return ""


def failure(run: Run) -> str:
    """Why a run failed, in one line."""
    for step in run.steps:
        if step.error is not None:
            return f"step {step.step}: {step.error.kind}: {step.error.message}"
    return next((step.why for step in run.steps if step.why), "the run failed")


def _execute(change: Update, connection: Connection) -> None:
    connection.execute(change)


def _outcome(run: Run, row: Row[Any]) -> tuple[TickState, str]:
    """What became of a tick, given its run that has ended."""
    if run.state == "cancelled" and row.ending == "timeout":
        return "failed", "its run was stopped: its time was up"
    if run.state == "cancelled" and row.ending == "replaced":
        return "cancelled", REPLACED
    if run.state == "lost":
        return "lost", "the process that drove the run died"
    if run.state == "failed":
        return "failed", failure(run)
    return ("succeeded", "") if run.state == "succeeded" else ("cancelled", "the run was cancelled")
