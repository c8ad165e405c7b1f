"""Moments that have come become ticks, each exactly once however many services look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.schedule import ACTIVE, Tick
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.catchup import decide
from jupyter_mlops.scheduling.rows import (
    read_schedule,
    read_tick,
    take_turn,
    tick_row,
)
from jupyter_mlops.scheduling.timing import ticks as moments
from jupyter_mlops.store.rows import insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store

SCHEDULES_AT_ONCE = 500
MOMENTS_AT_ONCE = 500
TICKS_AT_ONCE = 1000
"""About so many in one transaction; the others come with the next."""

REPLACED = "a newer tick took its place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What came to be.

    Attributes:
        ticks: the new ones.
        set_aside: name and reason of each schedule that cannot be read.
    """

    ticks: tuple[Tick, ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ticks or self.set_aside)


def fire(store: Store, now: datetime) -> Fired:
    """What came to be of the moments that have come; call it again until nothing does.

    The ticks and the next moment of their schedule are written in one transaction, in which nobody
    else does so: killed at any moment, it has done both or neither. A schedule that cannot be read
    is set aside with the reason, and stops no other.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import schedules, ticks

    active = schedules.select().where(schedules.c.state == "active").limit(SCHEDULES_AT_ONCE)
    come = active.where(schedules.c.due <= iso(now)).order_by(schedules.c.due, schedules.c.name)
    unknown = active.where(schedules.c.due.is_(None))

    def is_due(connection: Connection) -> bool:
        return any(connection.execute(query.limit(1)).first() for query in (come, unknown))

    def work(connection: Connection) -> Fired:
        take_turn(connection)
        rows = [*connection.execute(unknown), *connection.execute(come)]
        busy = _busy(connection, [row.name for row in rows])
        changes, new, replacing, set_aside = [], [], [], []
        for row in rows:
            try:
                change, ticks_of_row, replaces = _advance(row, now, row.name in busy)
            except Exception as error:  # whatever the row holds: the others go on
                change, ticks_of_row, replaces = _aside(error), [], False
                set_aside.append((row.name, str(error)))
            changes.append({"b_name": row.name, **change})
            new += ticks_of_row
            if replaces:
                replacing.append({"b_name": row.name, "b_due": ticks_of_row[-1]["due"]})
            if len(new) >= TICKS_AT_ONCE:
                break
        _change_schedules(connection, changes)
        before = _last_serial(connection)
        insert_new(connection, ticks, new)
        _replace_waiting(connection, replacing, now)
        made = ticks.select().where(ticks.c.serial > before).order_by(ticks.c.serial)
        found = tuple(read_tick(row) for row in connection.execute(made))
        return Fired(ticks=found, set_aside=tuple(set_aside))

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
    replaces = schedule.overlap == "cancel" and bool(new) and new[-1]["state"] == "queued"
    return _change(turn.next), new, replaces


def _change(due: datetime | None) -> dict[str, Any]:
    state = "ended" if due is None else "active"
    return {"b_state": state, "b_due": None if due is None else iso(due), "b_why": ""}


def _aside(error: Exception) -> dict[str, Any]:
    return {"b_state": "invalid", "b_due": None, "b_why": str(error).partition("\n")[0]}


def _busy(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of the schedules that have a tick which is not done."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import ticks

    query = select(ticks.c.schedule).where(ticks.c.schedule.in_(names) & ticks.c.state.in_(ACTIVE))
    return set(connection.scalars(query.distinct()))


def _change_schedules(connection: Connection, changes: Sequence[dict[str, Any]]) -> None:
    from sqlalchemy import bindparam

    from jupyter_mlops.store.schema import schedules

    if changes:
        connection.execute(
            schedules.update()
            .where(schedules.c.name == bindparam("b_name"))
            .values(state=bindparam("b_state"), due=bindparam("b_due"), why=bindparam("b_why")),
            changes,
        )


def _replace_waiting(
    connection: Connection, replacing: Sequence[dict[str, Any]], now: datetime
) -> None:
    from sqlalchemy import bindparam

    from jupyter_mlops.store.schema import ticks

    if replacing:
        connection.execute(
            ticks.update()
            .where(
                (ticks.c.schedule == bindparam("b_name"))
                & (ticks.c.state == "queued")
                & (ticks.c.due < bindparam("b_due"))
            )
            .values(state="cancelled", why=REPLACED, ended=iso(now)),
            replacing,
        )


def _last_serial(connection: Connection) -> int:
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import ticks

    return connection.scalar(select(func.max(ticks.c.serial))) or 0
