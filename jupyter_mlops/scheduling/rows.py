"""The rows of schedules and ticks, and what is read from them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.schedule import Schedule, Tick
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.catchup import Decision, ready_at
from jupyter_mlops.store.connection import alone

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_TURN = 0x4D4C5343
"""The key of the advisory lock under which ticks come to be and are claimed on a server."""


def take_turn(connection: Connection) -> None:
    """Wait until nobody else changes schedules, or makes or claims ticks.

    Nobody does so before the end of the transaction. Drivers go on to begin what was claimed, and
    runs to end.
    """
    alone(connection, _TURN)


def read_schedule(document: str) -> Schedule:
    """The schedule that a row keeps.

    Raises:
        ScheduleError: it is damaged.
    """
    try:
        return from_json(Schedule, json.loads(document))
    except (ValueError, TypeError, KeyError) as error:
        raise ScheduleError(
            f"what is on record of it cannot be read: {error}", fix="remove it and add it again"
        ) from None


def tick_row(schedule: Schedule, decision: Decision, now: datetime) -> dict[str, Any]:
    """The row of a new tick."""
    is_queued = decision.state == "queued"
    return {
        "schedule": schedule.name,
        "due": iso(decision.due),
        "state": decision.state,
        "why": decision.why,
        "ready": iso(ready_at(schedule, decision.due)),
        "priority": schedule.priority,
        "overlap": schedule.overlap,
        "ended": None if is_queued else iso(now),
        "told": False,
    }


def read_tick(row: Row[Any]) -> Tick:
    """The tick of a row."""
    return Tick(
        schedule=row.schedule,
        due=row.due,
        state=row.state,
        why=row.why,
        attempt=row.attempt,
        ready=row.ready,
        runs=tuple(json.loads(row.runs)),
        ended=row.ended,
        cause=row.cause,
        parameters=json.loads(row.given),
    )
