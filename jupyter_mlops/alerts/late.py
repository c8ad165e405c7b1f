"""Ticks that have not begun and runs that have not ended when they should have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.findings import concerns
from jupyter_mlops.model.alert import Alert, Event, Happening
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.model.times import seconds_text
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.rows import read_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_UNREADABLE = (ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ongoing:
    """What is wrong while nothing has ended.

    Attributes:
        alert: that tells of it.
        cause: as of a `Finding`.
        which: of the cause's cases it is.
        happening: what is told.
    """

    alert: Alert
    cause: str
    which: str
    happening: Happening

    @property
    def event(self) -> Event:
        """What kind of trouble it is."""
        return self.happening.event

    @property
    def subject(self) -> str:
        """What is in trouble."""
        return self.happening.schedule or self.happening.notebook


def ongoing(connection: Connection, alerts: Sequence[Alert], now: datetime) -> list[Ongoing]:
    """What is late, and schedules that were set aside, as these alerts tell of it."""
    late = [alert for alert in alerts if "lateness" in alert.on]
    return [
        *(_not_begun(connection, late, now) if late else ()),
        *(_not_ended(connection, [one for one in late if one.ends_within is not None], now)),
        *_set_aside(connection, [alert for alert in alerts if "failure" in alert.on]),
    ]


def _not_begun(connection: Connection, alerts: Sequence[Alert], now: datetime) -> Iterator[Ongoing]:
    from jupyter_mlops.store.schema import schedules, ticks

    shortest = timedelta(seconds=min(alert.begins_within for alert in alerts))
    waits = ticks.c.state.in_(("queued", "starting")) & (ticks.c.attempt == 1)
    joined = ticks.join(schedules, ticks.c.schedule == schedules.c.name)
    query = ticks.select().add_columns(schedules.c.document).select_from(joined)
    for row in connection.execute(query.where(waits & (ticks.c.ready < iso(now - shortest)))).all():
        notebook = _notebook(row)
        waited = (now - datetime.fromisoformat(row.ready)).total_seconds()
        for alert in alerts:
            if waited > alert.begins_within and concerns(
                alert, schedule=row.schedule, notebook=notebook
            ):
                text = f"the tick due {row.due} has not begun after {seconds_text(waited)}"
                yield Ongoing(
                    alert=alert,
                    cause="lateness",
                    which=f"{row.schedule} {row.due}",
                    happening=Happening(
                        event="lateness",
                        texts=(text,),
                        notebook=notebook,
                        schedule=row.schedule,
                        due=row.due,
                    ),
                )


def _not_ended(connection: Connection, alerts: Sequence[Alert], now: datetime) -> Iterator[Ongoing]:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs, ticks

    if not alerts:
        return
    of_ticks = select(ticks).where(ticks.c.state == "running")
    by_run = {row.run: row for row in connection.execute(of_ticks)}
    for run in read_runs(connection, runs.select().where(runs.c.state == "running")):
        tick = by_run.get(run.run)
        schedule, due = (tick.schedule, tick.due) if tick is not None else (None, None)
        spent = (now - datetime.fromisoformat(run.started)).total_seconds()
        for alert in alerts:
            limit = alert.ends_within
            if limit is None or spent <= limit:
                continue
            if concerns(alert, schedule=schedule, notebook=run.notebook):
                yield Ongoing(
                    alert=alert,
                    cause="lateness",
                    which=run.run,
                    happening=Happening(
                        event="lateness",
                        texts=(f"the run has not ended after {seconds_text(spent)}",),
                        notebook=run.notebook,
                        schedule=schedule,
                        due=due,
                        run=run.run,
                    ),
                )


def _set_aside(connection: Connection, alerts: Sequence[Alert]) -> Iterator[Ongoing]:
    from jupyter_mlops.store.schema import schedules

    if not alerts:
        return
    for row in connection.execute(schedules.select().where(schedules.c.state == "invalid")).all():
        notebook = _notebook(row)
        for alert in alerts:
            if concerns(alert, schedule=row.name, notebook=notebook):
                yield Ongoing(
                    alert=alert,
                    cause=f"set aside: {row.why}",
                    which=f"{row.name} {row.revision}",
                    happening=Happening(
                        event="failure",
                        texts=(f"the schedule was set aside: {row.why}",),
                        notebook=notebook,
                        schedule=row.name,
                    ),
                )


def _notebook(row: Row[Any]) -> str:
    """The notebook of a schedule's document; empty if that cannot be read."""
    with suppress(*_UNREADABLE):
        return from_json(Schedule, json.loads(row.document)).notebook
    return ""
