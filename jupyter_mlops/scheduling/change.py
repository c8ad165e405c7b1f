"""A change of a schedule: put on record among the objects, and then in the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.schedule import Schedule, Wanted
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.rows import take_turn
from jupyter_mlops.scheduling.since import begin_to_watch
from jupyter_mlops.store.records import ScheduleRecord, schedule_record
from jupyter_mlops.store.rows import document, schedule_row

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a schedule becomes.

    Attributes:
        state: what is wanted of it.
        schedule: how it is wanted.
        due: its next tick, or None.
        there: marks of the files that are there, if it waits for files.
    """

    state: Wanted
    schedule: Schedule
    due: datetime | None = None
    there: Mapping[str, str] = field(default_factory=dict)


def record_change(
    store: Store, name: str, change: Callable[[Row[Any] | None], Change | None], now: datetime
) -> None:
    """Change a schedule, while nobody else does.

    Killed at any moment, it leaves the schedule as it was or as it is wanted.

    Args:
        store: where it is on record.
        name: of the schedule.
        change: from its row, or None if there is none, to what it becomes, or None to leave it.
        now: the present.

    Raises:
        StoreError: the store cannot be written.
    """
    from jupyter_mlops.store.schema import schedules

    def work(connection: Connection) -> None:
        take_turn(connection)
        row = row_of(connection, name)
        wanted = change(row)
        if wanted is None:
            return
        told = {"change": _name(row, wanted), "notebook": wanted.schedule.notebook}
        store.ledger.append(action="schedule", subject=name, details=told)
        here = schedules.c.name == name
        known = connection.execute(schedules.select().where(here)).first()
        record = ScheduleRecord(
            revision=1 + (known.revision if known is not None else 0),
            changed=iso(now),
            state=wanted.state,
            schedule=wanted.schedule,
        )
        store.objects.put_bytes(schedule_record(record))
        values = schedule_row(record) | {"due": iso(wanted.due) if wanted.due else None}
        if known is None:
            connection.execute(schedules.insert().values(values))
        else:
            connection.execute(schedules.update().where(here).values(values))
        if wanted.state == "active" and not _is_watched(known, values):
            begin_to_watch(connection, name, now, wanted.there)

    store.catalog.database.write(work)


def _name(row: Row[Any] | None, wanted: Change) -> str:
    """What the ledger calls the change."""
    if row is None:
        return "add"
    if wanted.state == "removed":
        return "remove"
    if wanted.state == row.state or document(wanted.schedule) != row.document:
        return "edit"
    return "pause" if wanted.state == "paused" else "resume"


def row_of(connection: Connection, name: str) -> Row[Any] | None:
    """The row of the schedule of that name, or None if there is none, or none any more."""
    from jupyter_mlops.store.schema import schedules

    there = (schedules.c.name == name) & (schedules.c.state != "removed")
    return connection.execute(schedules.select().where(there)).first()


def _is_watched(before: Row[Any] | None, after: dict[str, Any]) -> bool:
    """True if what happened since the schedule's last look still counts."""
    if before is None or before.state != "active":
        return False
    return (before.waits, before.source) == (after["waits"], after["source"])
