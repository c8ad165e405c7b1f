"""What a trigger saw becomes a tick: each event exactly once, by its schedule's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.catchup import Decision, judge, ready_at
from jupyter_mlops.scheduling.jsonpath import value_at
from jupyter_mlops.scheduling.making import find_busy
from jupyter_mlops.scheduling.rows import tick_row

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAMES_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, and that a schedule waits for.

    Attributes:
        key: no other event that the schedule waits for has it.
        moment: when it happened.
        cause: it in one sentence.
        document: what parameters may be mapped from.
    """

    key: str
    moment: datetime
    cause: str
    document: Mapping[str, Any]


def event_rows(
    connection: Connection, schedule: Schedule, events: Sequence[Event], now: datetime
) -> list[dict[str, Any]]:
    """Rows of ticks for those of the events that the schedule has no tick of; in order of time.

    An event that lacks what a parameter is mapped from is a tick that failed. Call it while nobody
    else makes ticks.
    """
    seen = _seen(connection, schedule.name, [event.key for event in events])
    fresh = {event.key: event for event in events if event.key not in seen}
    values: dict[str, Mapping[str, Any]] = {}
    failures: dict[str, str] = {}
    for event in fresh.values():
        try:
            values[event.key] = mapped(schedule, event.document)
        except ScheduleError as error:
            failures[event.key] = error.message
    rows, good = [], _in_order(event for key, event in fresh.items() if key in values)
    busy = bool(find_busy(connection, [schedule.name]))
    moments = [event.moment for event in good]
    for event, decision in zip(
        good, judge(schedule, moments, now, busy=busy, is_all=True), strict=True
    ):
        rows.append(_row(schedule, event, decision, values[event.key], now))
    for event in _in_order(event for key, event in fresh.items() if key in failures):
        failed = Decision(due=event.moment, state="failed", why=failures[event.key])
        rows.append(_row(schedule, event, failed, {}, now))
    return _at_free_moments(connection, schedule, sorted(rows, key=lambda row: str(row["due"])))


def mapped(schedule: Schedule, document: Mapping[str, Any]) -> dict[str, Any]:
    """The values that an event gives to parameters.

    Raises:
        ScheduleError: it lacks one.
    """
    paths = schedule.trigger.parameters if schedule.trigger is not None else {}
    return {name: value_at(document, path) for name, path in paths.items()}


def _in_order(events: Any) -> list[Event]:
    return sorted(events, key=lambda event: event.moment)


def _row(
    schedule: Schedule,
    event: Event,
    decision: Decision,
    values: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    given = canonical_json(values).decode()
    row = tick_row(schedule, decision, now)
    return {**row, "event": event.key, "cause": event.cause, "given": given}


def _seen(connection: Connection, name: str, keys: Sequence[str]) -> set[str]:
    """Those of the keys of which the schedule has a tick."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import ticks

    found: set[str] = set()
    for begin in range(0, len(keys), _NAMES_AT_ONCE):
        some = keys[begin : begin + _NAMES_AT_ONCE]
        query = select(ticks.c.event).where((ticks.c.schedule == name) & ticks.c.event.in_(some))
        found.update(connection.scalars(query))
    return found


def _at_free_moments(
    connection: Connection, schedule: Schedule, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows, each at a moment of its own: a millisecond later where there is a tick already."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import ticks

    if not rows:
        return rows
    later = (ticks.c.schedule == schedule.name) & (ticks.c.due >= rows[0]["due"])
    taken = set(connection.scalars(select(ticks.c.due).where(later)))
    for row in rows:
        while row["due"] in taken:
            moment = datetime.fromisoformat(row["due"]) + timedelta(milliseconds=1)
            row["due"] = iso(moment)
            row["ready"] = iso(ready_at(schedule, moment))
        taken.add(row["due"])
    return rows
