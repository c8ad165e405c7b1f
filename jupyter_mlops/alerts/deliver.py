"""One attempt to tell somebody something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlops.alerts.book import find_alert
from jupyter_mlops.alerts.outbox import (
    Held,
    delivery_row,
    find_delivery,
    key_of,
    put_held,
    settle,
)
from jupyter_mlops.alerts.ways import send
from jupyter_mlops.errors import AlertError, MlopsError, UnknownAlert
from jupyter_mlops.model.alert import Delivery, Happening
from jupyter_mlops.runner.naming import iso

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


def deliver(store: Store, held: Held, clock: Callable[[], datetime]) -> Delivery | None:
    """The delivery after an attempt; None if it is nobody's any more, or another's.

    The ledger has an entry before and one after it. Whatever goes wrong is the delivery's problem,
    and no other's.

    Raises:
        StoreError: the catalog cannot be written; the delivery is sent again after its lease.
    """
    delivery = held.delivery
    try:
        report = find_alert(store, delivery.alert)
    except UnknownAlert:  # and with it what it had to tell
        return None
    problem = report.why or None
    if report.alert is not None:
        happening = delivery.happening
        details = {
            "delivery": delivery.key,
            "event": happening.event,
            "run": happening.run,
            "attempt": delivery.attempts,
        }
        try:
            with store.ledger.act(action=report.kind, subject=report.name, details=details):
                send(store, report.alert, delivery)
        except Exception as error:  # whatever a library may raise
            text = error.message if isinstance(error, MlopsError) else repr(error)
            problem = text.partition("\n")[0]
    is_last = delivery.happening.event == "test"
    return settle(store, held, problem, clock(), last=is_last)


def send_test(store: Store, name: str, clock: Callable[[], datetime]) -> Delivery:
    """A test delivery, after one attempt.

    Raises:
        UnknownAlert: there is none of that name.
        AlertError: it cannot be read.
        StoreError: the catalog cannot be written.
    """
    report, moment = find_alert(store, name), clock()
    if report.alert is None:
        raise AlertError(report.why, fix="remove it and add it again")
    text = f"This is a test of {report.kind} {name}: nothing happened."
    key = key_of(name, "test", iso(moment))
    row = delivery_row(key, name, Happening(event="test", texts=(text,)), moment)
    deliver(store, put_held(store, row, moment), clock)
    return find_delivery(store, key)
