"""The rows of alerts, troubles and deliveries, and what is read from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.findings import check_alert
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import Alert, Delivery, Happening, Trouble
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.store.connection import alone

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_TURN = 0x4D4C414C
"""The key of the advisory lock under which alerts are changed and what is told is found."""


def take_turn(connection: Connection) -> None:
    """Wait until nobody else changes alerts, or finds what they tell of; then nobody does so."""
    alone(connection, _TURN)


def read_alert(document: str) -> Alert:
    """The alert that a row keeps.

    Raises:
        AlertError: it is damaged, or tells of what this version does not know.
    """
    try:
        alert = from_json(Alert, json.loads(document))
        check_alert(alert)
        return alert
    except (ValueError, TypeError, KeyError) as error:
        raise AlertError(
            f"what is on record of it cannot be read: {error}", fix="remove it and add it again"
        ) from None


def read_delivery(row: Row[Any]) -> Delivery:
    """The delivery of a row."""
    return Delivery(
        key=row.key,
        alert=row.alert,
        happening=from_json(Happening, json.loads(row.document)),
        state=row.state,
        why=row.why,
        attempts=row.attempts,
        created=row.created,
        ready=row.ready,
        ended=row.ended,
    )


def read_trouble(row: Row[Any]) -> Trouble:
    """The trouble of a row."""
    return Trouble(
        subject=row.subject, event=row.event, cause=row.cause, since=row.since, told=row.told
    )
