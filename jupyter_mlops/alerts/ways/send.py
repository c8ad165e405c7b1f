"""One delivery, sent in the way of its alert."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from jupyter_mlops.alerts.private import look_up
from jupyter_mlops.errors import DeliveryError
from jupyter_mlops.kernel_state.secrets import LEAST_TEXT

if TYPE_CHECKING:
    from jupyter_mlops.model.alert import Alert, Delivery
    from jupyter_mlops.store import Store

_WORD = re.compile(rf"[\w-]{{{LEAST_TEXT},}}")


def send(store: Store, alert: Alert, delivery: Delivery) -> None:
    """Return once the receiver has taken the delivery.

    Raises:
        DeliveryError: it has not; the message holds nothing that is kept secret.
        MlopsError: what is to be told, or where, cannot be read.
    """
    secret = look_up(store, alert.secret)
    if alert.way == "message":
        from jupyter_mlops.alerts.letter import letter
        from jupyter_mlops.alerts.ways.message import send_message

        url, written = look_up(store, alert.to), letter(store, alert, delivery)
        _scrubbed(url, alert, lambda: send_message(url, written))
        return
    from jupyter_mlops.alerts.payload import payload

    told = payload(store, alert, delivery)
    if alert.way == "command":
        from jupyter_mlops.alerts.ways.command import run_command

        run_command(alert.to, told, delivery.key)
    elif alert.way == "github":
        from jupyter_mlops.alerts.ways.github import dispatch

        _scrubbed(secret, alert, lambda: dispatch(alert.to, alert.event_type, told, secret))
    else:
        from jupyter_mlops.alerts.ways.webhook import call

        url = look_up(store, alert.to)
        _scrubbed(f"{url} {secret}", alert, lambda: call(url, told, delivery.key, secret))


def _scrubbed(secret: str, alert: Alert, work: Callable[[], None]) -> None:
    """Do the work; its problem is told without the words of the secret that are never shown."""
    try:
        work()
    except DeliveryError as problem:
        words = {*_WORD.findall(f"{secret} {unquote(secret)}")} - {*_WORD.findall(alert.shown)}
        text = problem.message
        for word in sorted(words, key=len, reverse=True):
            text = text.replace(word, "***")
        raise DeliveryError(text) from None
