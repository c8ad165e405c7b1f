"""The alerts and hooks on record: added, changed, looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.private import forget
from jupyter_mlops.alerts.rows import read_alert, read_delivery, read_trouble, take_turn
from jupyter_mlops.errors import AlertError, UnknownAlert
from jupyter_mlops.model.alert import Alert, AlertKind, AlertReport, Way
from jupyter_mlops.model.schedule import Wanted
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.records import AlertRecord, alert_record
from jupyter_mlops.store.rows import alert_row

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store


_ANY_WAY: Mapping[AlertKind, Way] = {"alert": "message", "hook": "webhook"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What an alert becomes; ``anew`` leaves out what happened before."""

    state: Wanted
    alert: Alert
    anew: bool = False


def add_alert(store: Store, alert: Alert, now: datetime) -> AlertReport:
    """The new alert as it stands; it tells of what happens from now on.

    Raises:
        AlertError: another alert or hook has its name.
        StoreError: the store cannot be written.
    """

    def change(row: Row[Any] | None) -> _Change:
        if row is not None:
            article = "an" if row.kind == "alert" else "a"
            raise AlertError(
                f"there is {article} {row.kind} {alert.name!r} already",
                fix=f"choose another name, or `jupyter mlops {row.kind} edit {alert.name}`",
            )
        return _Change(state="active", alert=alert, anew=True)

    _record_change(store, alert.name, "added", change, now)
    return find_alert(store, alert.name)


def change_alert(store: Store, alert: Alert, now: datetime) -> AlertReport:
    """The alert of that name after it became this one; one that is paused stays paused.

    Raises:
        UnknownAlert: there is none of that name.
        StoreError: the store cannot be written.
    """

    def change(row: Row[Any] | None) -> _Change:
        state = _known(row, alert.name).state
        return _Change(state="paused" if state == "paused" else "active", alert=alert)

    _record_change(store, alert.name, "changed", change, now)
    return find_alert(store, alert.name)


def pause_alert(store: Store, name: str, now: datetime) -> AlertReport:
    """The alert after it was paused: it tells of nothing that ends until it is resumed.

    Raises:
        UnknownAlert: there is none of that name.
        AlertError: it cannot be read.
        StoreError: the store cannot be written.
    """

    def change(row: Row[Any] | None) -> _Change | None:
        known = _known(row, name)
        if known.state != "active":
            return None
        return _Change(state="paused", alert=read_alert(known.document))

    _record_change(store, name, "paused", change, now)
    return find_alert(store, name)


def resume_alert(store: Store, name: str, now: datetime) -> AlertReport:
    """The alert after it was resumed; what ended meanwhile is not told.

    One that was set aside is looked at anew.

    Raises:
        UnknownAlert: there is none of that name.
        AlertError: it cannot be read.
        StoreError: the store cannot be written.
    """

    def change(row: Row[Any] | None) -> _Change | None:
        known = _known(row, name)
        if known.state == "active":
            return None
        return _Change(state="active", alert=read_alert(known.document), anew=True)

    _record_change(store, name, "resumed", change, now)
    return find_alert(store, name)


def remove_alert(store: Store, name: str, now: datetime) -> None:
    """Take the alert out of the list. What waits to be told is cancelled; its history stays.

    Raises:
        UnknownAlert: there is none of that name.
        StoreError: the store cannot be written.
    """

    def change(row: Row[Any] | None) -> _Change:
        known = _known(row, name)
        try:
            alert = read_alert(known.document)
        except AlertError:
            alert = Alert(name=name, way=_ANY_WAY[known.kind], to="", shown="")
        return _Change(state="removed", alert=alert)

    _record_change(store, name, "removed", change, now)


def find_alert(store: Store, name: str) -> AlertReport:
    """The alert as it stands.

    Raises:
        UnknownAlert: there is none of that name.
        StoreError: the catalog cannot be read.
    """

    def work(connection: Connection) -> AlertReport:
        return _report(connection, _known(row_of(connection, name), name))

    return store.catalog.database.read(work)


def list_alerts(store: Store, kind: AlertKind | None = None) -> list[AlertReport]:
    """The alerts and hooks as they stand, by name; only one kind of them if it is given.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import alerts

    query = alerts.select().where(alerts.c.state != "removed").order_by(alerts.c.name)
    if kind is not None:
        query = query.where(alerts.c.kind == kind)
    return store.catalog.database.read(
        lambda connection: [_report(connection, row) for row in connection.execute(query)]
    )


def row_of(connection: Connection, name: str) -> Row[Any] | None:
    """The row of the alert of that name, or None if there is none, or none any more."""
    from jupyter_mlops.store.schema import alerts

    there = (alerts.c.name == name) & (alerts.c.state != "removed")
    return connection.execute(alerts.select().where(there)).first()


def _record_change(
    store: Store,
    name: str,
    word: str,
    change: Callable[[Row[Any] | None], _Change | None],
    now: datetime,
) -> None:
    """Change an alert while nobody else does; killed at any moment, it is as before or as wanted.

    The store's private files that it needs no more are removed.
    """
    from jupyter_mlops.store.schema import alerts

    def work(connection: Connection) -> _Change | None:
        take_turn(connection)
        wanted = change(row_of(connection, name))
        if wanted is None:
            return None
        here = alerts.c.name == name
        known = connection.execute(alerts.select().where(here)).first()
        record = AlertRecord(
            revision=1 + (known.revision if known is not None else 0),
            changed=iso(now),
            state=wanted.state,
            alert=wanted.alert,
        )
        details = {"change": word, "to": wanted.alert.shown}
        store.ledger.append(action=wanted.alert.kind, subject=name, details=details)
        store.objects.put_bytes(alert_record(record))
        values = alert_row(record)
        if known is None:
            connection.execute(alerts.insert().values(values))
        else:
            since = iso(now) if wanted.anew else known.since
            connection.execute(alerts.update().where(here).values({**values, "since": since}))
        if wanted.state == "removed":
            _forget_rows(connection, name, now)
        return wanted

    done = store.catalog.database.write(work)
    if done is not None:
        used = (done.alert.to, done.alert.secret) if done.state != "removed" else ()
        forget(store, name, but=used)


def _forget_rows(connection: Connection, name: str, now: datetime) -> None:
    """Cancel what an alert has not told yet, and forget what is wrong as it knows it."""
    from jupyter_mlops.store.schema import deliveries, troubles

    waits = (deliveries.c.alert == name) & deliveries.c.state.in_(("queued", "sending"))
    ended = {"state": "cancelled", "why": "the alert was removed", "ended": iso(now)}
    connection.execute(deliveries.update().where(waits).values(ended))
    connection.execute(troubles.delete().where(troubles.c.alert == name))


def _known(row: Row[Any] | None, name: str) -> Row[Any]:
    if row is None:
        raise UnknownAlert(name)
    return row


def _report(connection: Connection, row: Row[Any]) -> AlertReport:
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import deliveries, troubles

    mine = deliveries.c.alert == row.name
    last = connection.execute(
        deliveries.select().where(mine).order_by(deliveries.c.serial.desc()).limit(1)
    ).first()
    counted = select(deliveries.c.state, func.count().label("number")).where(mine)
    by_state = connection.execute(counted.group_by(deliveries.c.state))
    numbers = {row.state: row.number for row in by_state}
    wrong = troubles.select().where(troubles.c.alert == row.name)
    try:
        alert, state, why = read_alert(row.document), row.state, row.why
    except AlertError as error:
        alert, state, why = None, "invalid", error.message
    return AlertReport(
        alert=alert,
        name=row.name,
        kind=row.kind,
        state=state,
        why=why,
        troubles=tuple(
            read_trouble(one)
            for one in connection.execute(wrong.order_by(troubles.c.subject, troubles.c.event))
        ),
        waiting=numbers.get("queued", 0) + numbers.get("sending", 0),
        failed=numbers.get("failed", 0),
        last=None if last is None else read_delivery(last),
    )
