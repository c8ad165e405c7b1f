"""What is wrong now, as each alert knows it: so that it is told once, and that it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_mlops.alerts.rows import read_trouble
from jupyter_mlops.model.alert import Alert, Event, Trouble
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.rows import insert_new

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def known_troubles(connection: Connection, alert: Alert, subject: str) -> Mapping[Event, Trouble]:
    """What is wrong with a schedule or a notebook as the alert knows it."""
    from jupyter_mlops.store.schema import troubles

    found = connection.execute(troubles.select().where(_of(alert, subject))).all()
    return {row.event: read_trouble(row) for row in found}


def is_new(known: Trouble | None, cause: str, now: datetime, *, pause: timedelta) -> bool:
    """True if a trouble is not known, is another one, or was told longer ago than ``pause``."""
    if known is None or known.cause != cause:
        return True
    return now >= datetime.fromisoformat(known.told) + pause


def open_trouble(
    connection: Connection, alert: Alert, subject: str, event: Event, cause: str, now: datetime
) -> None:
    """Note what is wrong, and that it is told now; it is so since it was noted first."""
    from jupyter_mlops.store.schema import troubles

    row = {"alert": alert.name, "subject": subject, "event": event, "since": iso(now)}
    told = {"cause": cause, "told": iso(now)}
    here = _of(alert, subject) & (troubles.c.event == event)
    if not connection.execute(troubles.update().where(here).values(told)).rowcount:
        insert_new(connection, troubles, [{**row, **told}])


def close_troubles(connection: Connection, alert: Alert, over: Sequence[Trouble]) -> None:
    """Forget what is wrong no more."""
    from jupyter_mlops.store.schema import troubles

    for one in over:
        here = _of(alert, one.subject) & (troubles.c.event == one.event)
        connection.execute(troubles.delete().where(here))


def _of(alert: Alert, subject: str) -> ColumnElement[bool]:
    from jupyter_mlops.store.schema import troubles

    return (troubles.c.alert == alert.name) & (troubles.c.subject == subject)
