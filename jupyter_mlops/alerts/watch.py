"""What has ended or is late becomes what alerts tell of: once for each cause, whoever looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.conditions import read_condition, unfulfilled
from jupyter_mlops.alerts.ended import AT_ONCE, is_untold, read_untold
from jupyter_mlops.alerts.findings import DURATION, Ended, concerns, findings
from jupyter_mlops.alerts.late import Ongoing, ongoing
from jupyter_mlops.alerts.outbox import delivery_row, key_of
from jupyter_mlops.alerts.rows import read_alert, take_turn
from jupyter_mlops.alerts.troubles import close_troubles, is_new, known_troubles, open_trouble
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Alert, Event, Happening
from jupyter_mlops.model.times import local_text
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.rows import insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_mlops.store import Store

_LASTING = timedelta(hours=1)
"""What goes on is told again after this time at the earliest: there is no next run to count by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Active:
    """An alert that is told of what ended ``since`` then."""

    alert: Alert
    since: str


def watch(store: Store, now: datetime, *, lasting: bool = True) -> list[str]:
    """Queue what alerts are to tell by now; gives a sentence about each row that cannot be read.

    What is told, that it is, and what is wrong since are written in one transaction, in which
    nobody else does so: killed at any moment, it has done all or nothing.

    Args:
        store: where it is on record.
        now: the present.
        lasting: False to leave it at what has ended, and not to look for what is late.

    Raises:
        StoreError: the catalog cannot be written.
    """
    database, problems = store.catalog.database, []
    while database.read(lambda connection: _has_news(connection, now, lasting)):
        problems += database.write(lambda connection: _look(connection, now, lasting))
    return problems


def _has_news(connection: Connection, now: datetime, lasting: bool) -> bool:
    from jupyter_mlops.store.schema import runs, ticks

    if any(
        connection.execute(table.select().where(is_untold(table)).limit(1)).first()
        for table in (runs, ticks)
    ):
        return True
    active, bad = _alerts(connection) if lasting else ([], {})
    return bool(bad) or any(True for one in active for _ in _new_ongoing(connection, one, now))


def _look(connection: Connection, now: datetime, lasting: bool) -> list[str]:
    """What cannot be read; some of what is to be told is queued, and marked."""
    from jupyter_mlops.store.schema import alerts, deliveries, runs, ticks

    take_turn(connection)
    active, bad = _alerts(connection)
    for name, why in bad.items():
        aside = {"state": "invalid", "why": why}
        connection.execute(alerts.update().where(alerts.c.name == name).values(aside))
    problems = [f"alert {name} was set aside: {why}" for name, why in bad.items()]
    if not active:
        for table in (runs, ticks):
            connection.execute(table.update().where(is_untold(table)).values(told=True))
        return problems
    is_timed = any(text.startswith(DURATION) for one in active for text in one.alert.on)
    untold = read_untold(connection, with_earlier=is_timed)
    new: list[dict[str, Any]] = []
    for row in untold:
        problems += [row.problem] if row.problem else []
        for one in active:
            if row.ended is not None and _is_told(one, row.ended):
                new += _ended(connection, one.alert, row.ended, now)
    for table in (runs, ticks):
        serials = [row.serial for row in untold if row.table == table.name]
        connection.execute(table.update().where(table.c.serial.in_(serials)).values(told=True))
    for one in active if lasting else ():
        # A list: what is read here is changed by what is done with it.
        for late in list(islice(_new_ongoing(connection, one, now), AT_ONCE)):
            new += _ongoing(connection, one.alert, late, now)
    insert_new(connection, deliveries, new)
    return problems


def _alerts(connection: Connection) -> tuple[list[_Active], dict[str, str]]:
    """The active alerts, and the names of those that cannot be read, with the reason."""
    from jupyter_mlops.store.schema import alerts

    active, bad = [], {}
    query = alerts.select().where(alerts.c.state == "active").order_by(alerts.c.name)
    for row in connection.execute(query):
        try:
            active.append(_Active(alert=read_alert(row.document), since=row.since))
        except AlertError as error:
            bad[row.name] = error.message
    return active, bad


def _is_told(one: _Active, ended: Ended) -> bool:
    is_its = concerns(one.alert, schedule=ended.schedule, notebook=ended.notebook)
    return is_its and ended.ended >= one.since


def _ended(
    connection: Connection, alert: Alert, ended: Ended, now: datetime
) -> Iterator[dict[str, Any]]:
    """The rows of what the alert tells of something that ended."""

    def row(event: Event, texts: Sequence[str] = (), **state: Any) -> dict[str, Any]:
        happening = Happening(
            event=event,
            texts=tuple(texts),
            notebook=ended.notebook,
            schedule=ended.schedule,
            due=ended.due,
            run=ended.run.run if ended.run is not None else None,
        )
        key = key_of(alert.name, event, ended.which)
        return delivery_row(key, alert.name, happening, now, **state)

    known = known_troubles(connection, alert, ended.subject)
    found = findings(alert, ended)
    for event, finding in found.items():
        if is_new(known.get(event), finding.cause, now, pause=timedelta(seconds=alert.repeat)):
            open_trouble(connection, alert, ended.subject, event, finding.cause, now)
            if _tells(alert, event):
                yield row(event, finding.texts)
    if ended.state == "missed":
        return
    has_succeeded = ended.state == "succeeded"
    over = [
        one
        for event, one in known.items()
        if event not in found and (has_succeeded or event == "lateness")
    ]
    if over:  # unless it lasts, whatever has ended
        lasts = {one.event for one in ongoing(connection, alert, now, subject=ended.subject)}
        over = [one for one in over if one.event not in lasts]
    close_troubles(connection, alert, over)
    if over and has_succeeded and _tells(alert, "recovery"):
        texts = [f"{one.event} since {local_text(one.since)} is over" for one in over]
        yield row("recovery", texts)
    if has_succeeded and _tells(alert, "success"):
        refused = "; ".join(_refused(alert, ended))
        yield row("success", state="withheld" if refused else "queued", why=refused)


def _refused(alert: Alert, ended: Ended) -> Iterator[str]:
    """A sentence for each check of the alert that the run does not pass."""
    for text in alert.checks:
        if ended.run is None:
            yield "the run is not on record any more"
        else:
            yield from unfulfilled(read_condition(text), ended.run)


def _new_ongoing(connection: Connection, one: _Active, now: datetime) -> Iterator[Ongoing]:
    """What is late and has to be told."""
    pause = max(timedelta(seconds=one.alert.repeat), _LASTING)
    for late in ongoing(connection, one.alert, now, told_before=now - pause):
        known = known_troubles(connection, one.alert, late.subject).get(late.event)
        if is_new(known, late.cause, now, pause=pause):
            yield late


def _ongoing(
    connection: Connection, alert: Alert, late: Ongoing, now: datetime
) -> Iterator[dict[str, Any]]:
    """The row of what is late and has to be told."""
    open_trouble(connection, alert, late.subject, late.event, late.cause, now)
    key = key_of(alert.name, late.event, late.which, iso(now))
    yield delivery_row(key, alert.name, late.happening, now)


def _tells(alert: Alert, event: Event) -> bool:
    return any(text.partition(":")[0] == event for text in alert.on)
