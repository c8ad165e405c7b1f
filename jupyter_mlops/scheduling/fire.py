"""Moments that have come become ticks, each exactly once however many services look."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.catchup import decide
from jupyter_mlops.scheduling.making import (
    Fired,
    aside,
    change_schedules,
    find_busy,
    make_ticks,
    replaces,
)
from jupyter_mlops.scheduling.rows import read_schedule, take_turn, tick_row
from jupyter_mlops.scheduling.timing import ticks as moments

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store

SCHEDULES_AT_ONCE = 500
MOMENTS_AT_ONCE = 500
TICKS_AT_ONCE = 1000
"""About so many in one transaction; the others come with the next."""


def fire(store: Store, now: datetime) -> Fired:
    """What came to be of the moments that have come; call it again until nothing does.

    The ticks and the next moment of their schedule are written in one transaction, in which nobody
    else does so: killed at any moment, it has done both or neither. A schedule that cannot be read
    is set aside with the reason, and stops no other.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from sqlalchemy import func

    from jupyter_mlops.store.schema import schedules

    active = schedules.select().where(schedules.c.state == "active").limit(SCHEDULES_AT_ONCE)
    come = active.where(schedules.c.due <= iso(now)).order_by(schedules.c.due, schedules.c.name)
    timed = func.coalesce(schedules.c.waits, "") == ""  # not by its index: that of `due` has few
    unknown = active.where(schedules.c.due.is_(None) & timed)

    def is_due(connection: Connection) -> bool:
        return any(connection.execute(query.limit(1)).first() for query in (come, unknown))

    def work(connection: Connection) -> Fired:
        take_turn(connection)
        rows = [*connection.execute(unknown), *connection.execute(come)]
        busy = find_busy(connection, [row.name for row in rows])
        changes, new, replacing, set_aside = [], [], [], []
        for row in rows:
            try:
                change, ticks_of_row, takes_place = _advance(row, now, row.name in busy)
            except Exception as error:  # whatever the row holds: the others go on
                change, ticks_of_row, takes_place = aside(error), [], False
                set_aside.append((row.name, str(error)))
            changes.append({"b_name": row.name, **change})
            new += ticks_of_row
            if takes_place:
                replacing.append(ticks_of_row[-1])
            if len(new) >= TICKS_AT_ONCE:
                break
        change_schedules(connection, changes)
        made = make_ticks(connection, new, replacing, now)
        return Fired(ticks=made, set_aside=tuple(set_aside))

    if not store.catalog.database.read(is_due):
        return Fired()
    return store.catalog.database.write(work)


def next_due(store: Store) -> str | None:
    """When the next schedule is due, ISO 8601 in UTC; None if none is.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import schedules

    query = select(func.min(schedules.c.due)).where(schedules.c.state == "active")
    due: str | None = store.catalog.database.read(lambda connection: connection.scalar(query))
    return due


def _advance(
    row: Row[Any], now: datetime, busy: bool
) -> tuple[dict[str, Any], list[dict[str, Any]], bool]:
    """What becomes of the schedule's row, its new ticks, and whether they replace waiting ones."""
    schedule = read_schedule(row.document)
    if row.due is None:
        return _change(next(moments(schedule.timing, now), None)), [], False
    turn = decide(schedule, datetime.fromisoformat(row.due), now, busy=busy, limit=MOMENTS_AT_ONCE)
    new = [tick_row(schedule, decision, now) for decision in turn.decisions]
    return _change(turn.next), new, replaces(schedule, new)


def _change(due: datetime | None) -> dict[str, Any]:
    state = "ended" if due is None else "active"
    return {"b_state": state, "b_due": None if due is None else iso(due), "b_why": ""}
