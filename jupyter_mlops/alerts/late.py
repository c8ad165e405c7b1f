"""Ticks that have not begun and runs that have not ended when they should have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.findings import concerns
from jupyter_mlops.model.alert import Alert, Event, Happening
from jupyter_mlops.model.times import seconds_text
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.rows import read_runs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

_LATE: Event = "lateness"
_ASIDE = "set aside: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Ongoing:
    """What is wrong while nothing has ended.

    Attributes:
        cause: as of a `Finding`.
        which: of the cause's cases it is.
        happening: what is told.
    """

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


def ongoing(
    connection: Connection,
    alert: Alert,
    now: datetime,
    *,
    subject: str | None = None,
    told_before: datetime | None = None,
) -> Iterator[Ongoing]:
    """What is late, and schedules that were set aside, as far as the alert tells of it.

    Args:
        connection: reads the catalog.
        alert: says what is late.
        now: the present.
        subject: only what is wrong with it.
        told_before: not what it has told then or later, as far as that is easily left out.
    """
    from sqlalchemy import and_, true

    from jupyter_mlops.store.schema import schedules, ticks

    def chosen(name: Any, event: Event, cause: Any) -> ColumnElement[bool]:
        names = [one for one in (subject, alert.schedule) if one is not None]
        fits = and_(true(), *(name == one for one in names))
        if told_before is not None:
            fits &= ~_is_told(alert, name, event, cause, told_before)
        return fits

    if _LATE in alert.on:
        yield from _not_begun(connection, alert, now, chosen(ticks.c.schedule, _LATE, _LATE))
        for late in _not_ended(connection, alert, now):
            if subject in (None, late.subject):
                yield late
    if "failure" in alert.on:
        cause = _ASIDE + schedules.c.why
        yield from _set_aside(connection, alert, chosen(schedules.c.name, "failure", cause))


def _is_told(
    alert: Alert, subject: Any, event: Event, cause: Any, since: datetime
) -> ColumnElement[bool]:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import troubles

    mine = (troubles.c.alert == alert.name) & (troubles.c.subject == subject)
    same = (troubles.c.event == event) & (troubles.c.cause == cause)
    return select(troubles.c.told).where(mine & same & (troubles.c.told > iso(since))).exists()


def _not_begun(
    connection: Connection, alert: Alert, now: datetime, chosen: ColumnElement[bool]
) -> Iterator[Ongoing]:
    """Of each schedule the oldest tick that waits."""
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import schedules, ticks

    latest = iso(now - timedelta(seconds=alert.begins_within))
    waits = ticks.c.state.in_(("queued", "starting")) & (ticks.c.attempt == 1)
    is_late = waits & (ticks.c.ready < latest) & chosen
    oldest = select(func.min(ticks.c.serial)).where(is_late).group_by(ticks.c.schedule)
    joined = ticks.join(schedules, ticks.c.schedule == schedules.c.name)
    query = ticks.select().add_columns(schedules.c.document).select_from(joined)
    for row in connection.execute(query.where(ticks.c.serial.in_(oldest))):
        notebook = _notebook(row)
        if concerns(alert, schedule=row.schedule, notebook=notebook):
            waited = (now - datetime.fromisoformat(row.ready)).total_seconds()
            text = f"the tick due {row.due} has not begun after {seconds_text(waited)}"
            happening = Happening(
                event=_LATE, texts=(text,), notebook=notebook, schedule=row.schedule, due=row.due
            )
            which = f"{row.schedule} {row.due}"
            yield Ongoing(cause=_LATE, which=which, happening=happening)


def _not_ended(connection: Connection, alert: Alert, now: datetime) -> Iterator[Ongoing]:
    """Runs that go on for too long; there are as many as go on at once."""
    from jupyter_mlops.store.schema import runs, ticks

    if alert.ends_within is None:
        return
    of_ticks = ticks.select().where(ticks.c.state == "running")
    by_run = {row.run: (row.schedule, row.due) for row in connection.execute(of_ticks)}
    for run in read_runs(connection, runs.select().where(runs.c.state == "running")):
        schedule, due = by_run.get(run.run, (None, None))
        spent = (now - datetime.fromisoformat(run.started)).total_seconds()
        is_its = concerns(alert, schedule=schedule, notebook=run.notebook)
        if is_its and spent > alert.ends_within:
            happening = Happening(
                event=_LATE,
                texts=(f"the run has not ended after {seconds_text(spent)}",),
                notebook=run.notebook,
                schedule=schedule,
                due=due,
                run=run.run,
            )
            yield Ongoing(cause=_LATE, which=run.run, happening=happening)


def _set_aside(
    connection: Connection, alert: Alert, chosen: ColumnElement[bool]
) -> Iterator[Ongoing]:
    from jupyter_mlops.store.schema import schedules

    invalid = schedules.select().where((schedules.c.state == "invalid") & chosen)
    for row in connection.execute(invalid):
        notebook = _notebook(row)
        if concerns(alert, schedule=row.name, notebook=notebook):
            text = f"the schedule was set aside: {row.why}"
            happening = Happening(
                event="failure", texts=(text,), notebook=notebook, schedule=row.name
            )
            which = f"{row.name} {row.revision}"
            yield Ongoing(cause=_ASIDE + row.why, which=which, happening=happening)


def _notebook(row: Row[Any]) -> str:
    """The notebook of a schedule's document; empty if that cannot be read."""
    with suppress(ValueError, TypeError, KeyError):
        return str(json.loads(row.document)["notebook"])
    return ""
