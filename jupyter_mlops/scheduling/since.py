"""From when on what happens counts for a schedule that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.schedule import ACTIVE
from jupyter_mlops.runner.naming import iso

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

_MARGIN = 100
"""So many of the last serials are looked at again: a server commits them in any order, and SQLite
gives that of a removed run to the next one."""


def begin_to_watch(
    connection: Connection, name: str, now: datetime, there: Mapping[str, str] | None = None
) -> None:
    """Let only what happens after ``now`` count for the schedule.

    Args:
        connection: to the catalog, in a transaction.
        name: of the schedule.
        now: the present.
        there: marks of the files that are there, if it waits for files.
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import labels, landings, schedules

    here = schedules.c.name == name
    row = connection.execute(schedules.select().where(here)).one()
    cursor = floor_of(connection, row)
    if row.waits == "alias":
        # Their serials have no gaps; one that is not on record yet may still be taken back.
        moves = (labels.c.kind == "alias") & (labels.c.name == row.source)
        done = select(func.max(labels.c.serial)).where(moves & (labels.c.recorded == 1))
        cursor = connection.scalar(done) or 0
    values = {"since": iso(now), "cursor": cursor}
    connection.execute(schedules.update().where(here).values(values))
    connection.execute(landings.delete().where(landings.c.schedule == name))
    put_marks(connection, name, there or {}, now, done=True)


def put_marks(
    connection: Connection, name: str, marks: Mapping[str, str], now: datetime, *, done: bool
) -> None:
    """Note how files stand from ``now`` on; ``done``: they make no tick as they stand."""
    from sqlalchemy import bindparam

    from jupyter_mlops.store.schema import landings

    rows = [
        {"schedule": name, "path": path, "mark": mark, "since": iso(now), "done": int(done)}
        for path, mark in marks.items()
    ]
    if rows:
        old = (landings.c.schedule == name) & (landings.c.path == bindparam("b_path"))
        connection.execute(landings.delete().where(old), [{"b_path": path} for path in marks])
        connection.execute(landings.insert(), rows)


def move_on(connection: Connection, row: Row[Any], floor: int) -> None:
    """Look at nothing up to the floor any more; call it once all events up to it have ticks."""
    from jupyter_mlops.store.schema import schedules

    cursor = max(row.cursor, floor)
    here = schedules.c.name == row.name
    connection.execute(schedules.update().where(here).values(cursor=cursor))


def floor_of(connection: Connection, row: Row[Any]) -> int:
    """No run or tick that the schedule waits for will still succeed up to this serial."""
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import runs, ticks

    def floor(serial: ColumnElement[int], going: ColumnElement[bool]) -> int:
        last = (connection.scalar(select(func.max(serial))) or 0) - _MARGIN
        first = connection.scalar(select(func.min(serial)).where(going))
        return max(0, last if first is None else min(last, first - 1))

    if row.waits == "notebook":
        going = (runs.c.notebook == row.source) & (runs.c.state == "running")
        return floor(runs.c.serial, going)
    if row.waits == "schedule":
        going = (ticks.c.schedule == row.source) & ticks.c.state.in_(ACTIVE)
        return floor(ticks.c.serial, going)
    return 0
