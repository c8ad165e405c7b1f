"""What is to be told: in the catalog before it is sent, and there until it has arrived.

A delivery may arrive twice, if its sender is killed in between, and is never left out. Its key is
the same whenever it is sent.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.rows import read_delivery
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Delivery, DeliveryState, Happening
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.rows import document, insert_new

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from jupyter_mlops.store import Store

LEASE = timedelta(seconds=30)
"""Who sends something has sent it, or says that it is still at it, within this time."""

_LONGEST = timedelta(minutes=5)
"""So long a test may take, whose sender says nothing meanwhile."""

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
_KEY = 32

MOST_ATTEMPTS = 32
"""After so many, which take about a day, a delivery is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The right to send one delivery.

    Attributes:
        delivery: as it stands.
        token: unique.
    """

    delivery: Delivery
    token: str


def key_of(alert: str, event: str, *cause: str) -> str:
    """The key of what an alert tells of one cause, the same whoever finds it."""
    return hashlib.sha256(canonical_json([alert, event, *cause])).hexdigest()[:_KEY]


def delivery_row(
    key: str,
    alert: str,
    happening: Happening,
    now: datetime,
    *,
    state: DeliveryState = "queued",
    why: str = "",
) -> dict[str, Any]:
    """The row of a new delivery."""
    return {
        "key": key,
        "alert": alert,
        "state": state,
        "why": why,
        "created": iso(now),
        "ready": iso(now),
        "ended": None if state == "queued" else iso(now),
        "document": document(happening),
    }


def put_held(store: Store, row: dict[str, Any], now: datetime) -> Held:
    """The right to send the delivery of a new row, which nobody else gets.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import deliveries

    token = secrets.token_hex(8)
    new = [{**row, **_sending(token, now + _LONGEST), "attempts": 1}]
    store.catalog.database.write(lambda connection: insert_new(connection, deliveries, new))
    return Held(delivery=find_delivery(store, row["key"]), token=token)


def claim(store: Store, now: datetime, *, limit: int) -> list[Held]:
    """Deliveries that may be sent now, the oldest first, and of each alert one at a time.

    Args:
        store: where they are on record.
        now: the present.
        limit: at most so many.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import alerts, deliveries

    moment, table, other = iso(now), deliveries, deliveries.alias()
    active = select(alerts.c.name).where(alerts.c.state == "active")
    is_ready = table.c.alert.in_(active) & (
        ((table.c.state == "queued") & (table.c.ready <= moment))
        | ((table.c.state == "sending") & (table.c.lease < moment))
    )
    sent = select(other.c.alert).where((other.c.state == "sending") & (other.c.lease >= moment))
    first = select(func.min(table.c.serial)).where(is_ready & table.c.alert.not_in(sent))
    is_next = table.c.serial.in_(first.group_by(table.c.alert))

    def work(connection: Connection) -> list[Held]:
        # Ready also by itself: a server looks at that again if somebody else was quicker.
        found = table.select().where(is_next & is_ready).order_by(table.c.serial).limit(limit)
        held = []
        for row in connection.execute(found.with_for_update(skip_locked=True)).all():
            token = secrets.token_hex(8)
            values = {**_sending(token, now + LEASE), "attempts": row.attempts + 1}
            connection.execute(table.update().where(table.c.serial == row.serial).values(values))
            again = connection.execute(table.select().where(table.c.serial == row.serial)).one()
            held.append(Held(delivery=read_delivery(again), token=token))
        return held

    one = table.select().where(is_ready).limit(1)
    database = store.catalog.database
    if database.read(lambda c: c.execute(one).first()) is None:
        return []
    return database.write(work)


def renew(store: Store, held: Sequence[Held], now: datetime) -> None:
    """Let the rights hold for another while, as far as they still do.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import deliveries

    tokens = [one.token for one in held]
    mine = (deliveries.c.state == "sending") & deliveries.c.claim.in_(tokens)
    change = deliveries.update().where(mine).values(lease=iso(now + LEASE))
    if tokens:
        store.catalog.database.write(lambda connection: connection.execute(change))


def settle(
    store: Store, held: Held, problem: str | None, now: datetime, *, last: bool = False
) -> Delivery | None:
    """The delivery as it stands after an attempt; None if somebody else has it by now.

    Args:
        store: where it is on record.
        held: the right to send it.
        problem: why it did not arrive; None if it did.
        now: the present.
        last: True to give it up if it did not arrive.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import deliveries

    delivery = held.delivery
    pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 20), LONGEST_PAUSE)
    is_over = last or delivery.attempts >= MOST_ATTEMPTS
    values: dict[str, Any] = {"state": "delivered", "why": "", "ended": iso(now)}
    if problem is not None and is_over:
        values = {"state": "failed", "why": problem, "ended": iso(now)}
    elif problem is not None:
        values = {"state": "queued", "why": problem, "ready": iso(now + pause)}
    change = deliveries.update().where(_held(held)).values({**values, "claim": "", "lease": None})
    if store.catalog.database.write(lambda connection: connection.execute(change).rowcount) != 1:
        return None
    return find_delivery(store, delivery.key)


def retry(store: Store, name: str, keys: Sequence[str], now: datetime) -> list[Delivery]:
    """Deliveries of an alert after they were queued anew, as if they had never been sent.

    Args:
        store: where they are on record.
        name: of the alert.
        keys: of those that are meant, or unique beginnings of them; if empty, all that failed.
        now: the present.

    Raises:
        AlertError: one of them is not there, or did not fail; nothing is changed.
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import deliveries

    if keys:
        found = [find_delivery(store, key) for key in keys]
    else:
        found = history(store, name, state="failed", limit=None)
    for delivery in found:
        if delivery.alert != name:
            raise AlertError(
                f"delivery {delivery.key} is of {delivery.alert}, not of {name}",
                fix=f"retry it as one of {delivery.alert}",
            )
        if delivery.state != "failed":
            raise AlertError(
                f"delivery {delivery.key} has not failed: it is {delivery.state}",
                fix="only what was given up can be retried",
            )
    names = [delivery.key for delivery in found]
    failed = deliveries.c.key.in_(names) & (deliveries.c.state == "failed")
    values = {"state": "queued", "attempts": 0, "ready": iso(now), "ended": None}
    change = deliveries.update().where(failed).values(values)
    store.catalog.database.write(lambda connection: connection.execute(change))
    return [find_delivery(store, name) for name in names]


def find_delivery(store: Store, key: str) -> Delivery:
    """The delivery of that key, or of that unique beginning of one.

    Raises:
        AlertError: there is none, or more than one.
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import deliveries

    is_whole = len(key) == _KEY
    is_it = (
        deliveries.c.key == key if is_whole else deliveries.c.key.startswith(key, autoescape=True)
    )
    named = deliveries.select().where(is_it).limit(2)
    found = store.catalog.database.read(lambda c: [read_delivery(row) for row in c.execute(named)])
    if len(found) != 1 or not key:
        raise AlertError(
            f"{key!r} names {'more than one' if found else 'no'} delivery",
            fix="`jupyter mlops alert history NAME` and `hook history NAME` list them",
        )
    return found[0]


def history(
    store: Store, name: str, *, state: DeliveryState | None = None, limit: int | None = 50
) -> list[Delivery]:
    """What an alert told, the latest first; also one that was removed.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import deliveries

    query = deliveries.select().where(deliveries.c.alert == name)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    query = query.order_by(deliveries.c.serial.desc()).limit(limit)
    return store.catalog.database.read(lambda c: [read_delivery(row) for row in c.execute(query)])


def _sending(token: str, lease: datetime) -> dict[str, Any]:
    return {"state": "sending", "claim": token, "lease": iso(lease)}


def _held(held: Held) -> ColumnElement[bool]:
    from jupyter_mlops.store.schema import deliveries

    mine = (deliveries.c.key == held.delivery.key) & (deliveries.c.claim == held.token)
    return mine & (deliveries.c.state == "sending")
