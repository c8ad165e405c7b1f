"""New ticks are written, and the rows of their schedules moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.schedule import ACTIVE, Schedule, Tick
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.rows import read_tick
from jupyter_mlops.store.rows import insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection

REPLACED = "a newer tick took its place"

Row = dict[str, Any]


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


def make_ticks(
    connection: Connection, new: Sequence[Row], replacing: Sequence[Row], now: datetime
) -> tuple[Tick, ...]:
    """The new ticks that were not on record; call it while nobody else makes any.

    Args:
        connection: to the catalog, in a transaction.
        new: rows of ticks.
        replacing: those of them that take the place of what waits of their schedule.
        now: the present.
    """
    from jupyter_mlops.store.schema import ticks

    before = _last_serial(connection)
    insert_new(connection, ticks, new)
    _replace_waiting(connection, replacing, now)
    made = ticks.select().where(ticks.c.serial > before).order_by(ticks.c.serial)
    return tuple(read_tick(row) for row in connection.execute(made))


def replaces(schedule: Schedule, new: Sequence[Row]) -> bool:
    """True if the last of the schedule's new ticks takes the place of those that wait."""
    return schedule.overlap == "cancel" and bool(new) and new[-1]["state"] == "queued"


def find_busy(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of the schedules that have a tick which is not done."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import ticks

    query = select(ticks.c.schedule).where(ticks.c.schedule.in_(names) & ticks.c.state.in_(ACTIVE))
    return set(connection.scalars(query.distinct()))


def aside(error: Exception) -> Row:
    """The change of a schedule's row that sets it aside."""
    why = str(error).partition("\n")[0] or type(error).__name__
    return {"b_state": "invalid", "b_due": None, "b_why": why}


def change_schedules(connection: Connection, changes: Sequence[Row]) -> None:
    """Write state, next moment and reason of schedules: ``b_name`` names each."""
    from sqlalchemy import bindparam

    from jupyter_mlops.store.schema import schedules

    if changes:
        connection.execute(
            schedules.update()
            .where(schedules.c.name == bindparam("b_name"))
            .values(state=bindparam("b_state"), due=bindparam("b_due"), why=bindparam("b_why")),
            changes,
        )


def _replace_waiting(connection: Connection, replacing: Sequence[Row], now: datetime) -> None:
    from sqlalchemy import bindparam

    from jupyter_mlops.store.schema import ticks

    newer = [{"b_name": row["schedule"], "b_due": row["due"]} for row in replacing]
    if newer:
        connection.execute(
            ticks.update()
            .where(
                (ticks.c.schedule == bindparam("b_name"))
                & (ticks.c.state == "queued")
                & (ticks.c.due < bindparam("b_due"))
            )
            .values(state="cancelled", why=REPLACED, ended=iso(now)),
            newer,
        )


def _last_serial(connection: Connection) -> int:
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import ticks

    return connection.scalar(select(func.max(ticks.c.serial))) or 0
