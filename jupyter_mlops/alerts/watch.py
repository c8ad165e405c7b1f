"""What has ended or is late becomes what alerts tell of: once for each cause, whoever looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.conditions import read_condition, unfulfilled
from jupyter_mlops.alerts.ended import is_untold, read_untold
from jupyter_mlops.alerts.findings import DURATION, Ended, concerns, findings
from jupyter_mlops.alerts.late import Ongoing, ongoing
from jupyter_mlops.alerts.outbox import delivery_row, key_of
from jupyter_mlops.alerts.rows import read_alert, read_trouble, take_turn
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Alert, Event, Happening, Trouble
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


def watch(store: Store, now: datetime) -> list[str]:
    """Queue what alerts are to tell by now; gives a sentence about each row that cannot be read.

    What is told, that it is, and what is wrong since are written in one transaction, in which
    nobody else does so: killed at any moment, it has done all or nothing.

    Raises:
        StoreError: the catalog cannot be written.
    """
    database, problems = store.catalog.database, []
    while database.read(lambda connection: _has_news(connection, now)):
        problems += database.write(lambda connection: _look(connection, now))
    return problems


def _has_news(connection: Connection, now: datetime) -> bool:
    from jupyter_mlops.store.schema import runs, ticks

    if any(
        connection.execute(table.select().where(is_untold(table)).limit(1)).first()
        for table in (runs, ticks)
    ):
        return True
    active, bad = _alerts(connection)
    return bool(bad) or any(
        _is_new(connection, one.alert, one.subject, one.event, one.cause, now, least=_LASTING)
        for one in ongoing(connection, [each.alert for each in active], now)
    )


def _look(connection: Connection, now: datetime) -> list[str]:
    """What cannot be read; all else that is to be told is queued."""
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
    lasting = ongoing(connection, [one.alert for one in active], now)
    for row in untold:
        problems += [row.problem] if row.problem else []
        for one in active:
            if row.ended is not None and _is_told(one, row.ended):
                rows = list(_ended(connection, one.alert, row.ended, lasting, now))
                insert_new(connection, deliveries, rows)
    for table in (runs, ticks):
        serials = [row.serial for row in untold if row.table == table.name]
        connection.execute(table.update().where(table.c.serial.in_(serials)).values(told=True))
    for late in lasting:
        insert_new(connection, deliveries, list(_ongoing(connection, late, now)))
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
    connection: Connection, alert: Alert, ended: Ended, lasting: Sequence[Ongoing], now: datetime
) -> Iterator[dict[str, Any]]:
    """The rows of what the alert tells of something that ended, while other things last."""

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

    known = _troubles(connection, alert, ended.subject)
    found = findings(alert, ended)
    for event, finding in found.items():
        if _is_new(connection, alert, ended.subject, event, finding.cause, now):
            _open(connection, alert, ended.subject, event, finding.cause, now)
            if _tells(alert, event):
                yield row(event, finding.texts)
    if ended.state == "missed":
        return
    has_succeeded = ended.state == "succeeded"
    still = {one.event for one in lasting if one.alert == alert and one.subject == ended.subject}
    found_or_lasting = found.keys() | still
    over = [
        one
        for event, one in known.items()
        if event not in found_or_lasting and (has_succeeded or event == "lateness")
    ]
    _close(connection, alert, over)
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


def _ongoing(connection: Connection, late: Ongoing, now: datetime) -> Iterator[dict[str, Any]]:
    """The row of what is late, unless that is told."""
    alert, event = late.alert, late.event
    if not _is_new(connection, alert, late.subject, event, late.cause, now, least=_LASTING):
        return
    _open(connection, alert, late.subject, event, late.cause, now)
    key = key_of(alert.name, event, late.which, iso(now))
    yield delivery_row(key, alert.name, late.happening, now)


def _tells(alert: Alert, event: Event) -> bool:
    return any(text.partition(":")[0] == event for text in alert.on)


def _troubles(connection: Connection, alert: Alert, subject: str) -> dict[Event, Trouble]:
    from jupyter_mlops.store.schema import troubles

    here = (troubles.c.alert == alert.name) & (troubles.c.subject == subject)
    found = connection.execute(troubles.select().where(here)).all()
    return {row.event: read_trouble(row) for row in found}


def _is_new(
    connection: Connection,
    alert: Alert,
    subject: str,
    event: Event,
    cause: str,
    now: datetime,
    *,
    least: timedelta = timedelta(0),
) -> bool:
    """True if the trouble is not known, is another one, or was told too long ago."""
    known = _troubles(connection, alert, subject).get(event)
    if known is None or known.cause != cause:
        return True
    pause = max(timedelta(seconds=alert.repeat), least)
    return now >= datetime.fromisoformat(known.told) + pause


def _open(
    connection: Connection, alert: Alert, subject: str, event: Event, cause: str, now: datetime
) -> None:
    from jupyter_mlops.store.schema import troubles

    known = _troubles(connection, alert, subject).get(event)
    values = {
        "alert": alert.name,
        "subject": subject,
        "event": event,
        "cause": cause,
        "since": known.since if known is not None else iso(now),
        "told": iso(now),
    }
    if known is not None:
        _close(connection, alert, [known])
    connection.execute(troubles.insert().values(values))


def _close(connection: Connection, alert: Alert, over: Sequence[Trouble]) -> None:
    from jupyter_mlops.store.schema import troubles

    for one in over:
        connection.execute(
            troubles.delete().where(
                (troubles.c.alert == alert.name)
                & (troubles.c.subject == one.subject)
                & (troubles.c.event == one.event)
            )
        )
