"""Whether a delivery comes from who knows the secret, in each sender's way."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.identity import of_bytes, of_value
from jupyter_mlops.standards.webhooks import key_of, signature

TOLERANCE = timedelta(minutes=5)
"""A signed delivery that is older, or from further in the future, is refused."""

_WORD = re.compile(r"[\x21-\x7e]{1,200}")


class Refused(ScheduleError):
    """A delivery that is not taken; ``status`` is HTTP's, ``wait`` seconds until it may be."""

    def __init__(self, status: int, message: str, *, fix: str = "", wait: int = 0) -> None:
        self.status, self.wait = status, wait
        super().__init__(message, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was posted: ``headers`` by their names in lower case, and the bytes of the body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A delivery whose sender knows the secret.

    Attributes:
        key: no other event that was posted has it; it follows from what is signed.
        cause: what was posted, in one sentence.
        document: the payload.
        ignored: why it is no event, or empty.
    """

    key: str
    cause: str
    document: Any
    ignored: str = ""


def json_delivery(delivery: Delivery, secret: str, now: datetime) -> Posted:
    """Any JSON, signed as https://www.standardwebhooks.com says.

    Raises:
        Refused: it is not signed with the secret, not of now, or not JSON.
    """
    name, sent = (delivery.headers.get(f"webhook-{word}", "") for word in ("id", "timestamp"))
    if not (_WORD.fullmatch(name) and re.fullmatch(r"\d{1,12}", sent, re.ASCII)):
        raise Refused(401, "the headers webhook-id and webhook-timestamp are not there")
    expected = signature(secret, name, sent, delivery.body)
    given = delivery.headers.get("webhook-signature", "").split()
    if not any(_equal(one, expected) for one in given):
        raise Refused(401, "webhook-signature is not that of this body, id and timestamp")
    if abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        raise Refused(401, "webhook-timestamp is not of now", fix="set the clocks")
    return Posted(key=f"post {name}", cause=f"{name} was posted", document=_json(delivery.body))


def github_delivery(delivery: Delivery, secret: str, now: datetime) -> Posted:
    """GitHub's event. Its ID and time are not signed: the body, which is, tells events apart.

    Raises:
        Refused: it is not signed with the secret, or not JSON.
    """
    expected = f"sha256={hmac.digest(key_of(secret), delivery.body, 'sha256').hex()}"
    if not _equal(delivery.headers.get("x-hub-signature-256", ""), expected):
        raise Refused(401, "X-Hub-Signature-256 is not that of this body")
    event, name = (delivery.headers.get(f"x-github-{word}", "") for word in ("event", "delivery"))
    if not (_WORD.fullmatch(event) and _WORD.fullmatch(name)):
        raise Refused(400, "the headers X-GitHub-Event and X-GitHub-Delivery are not there")
    return Posted(
        key=f"post {of_bytes(delivery.body)}",
        cause=f"GitHub posted {event} {name}",
        document=_json(delivery.body, fix="choose the content type application/json at GitHub"),
        ignored="GitHub only asks whether somebody is there" if event == "ping" else "",
    )


def alertmanager_delivery(delivery: Delivery, secret: str, now: datetime) -> Posted:
    """Prometheus Alertmanager's notification. It repeats them: the firing alerts tell them apart.

    Those that fire come first in the document, before those that are resolved.

    Raises:
        Refused: neither its bearer token nor its password is the secret, or it is of another form.
    """
    if not _knows(delivery.headers.get("authorization", ""), secret):
        raise Refused(401, "neither the bearer token nor the password is the secret")
    document = _json(delivery.body)
    try:
        status, group = document["status"], document["groupKey"]
        alerts = sorted(document["alerts"], key=lambda alert: alert["status"] != "firing")
        firing = [alert for alert in alerts if alert["status"] == "firing"]
        names = sorted((alert["fingerprint"], alert["startsAt"]) for alert in firing)
    except (KeyError, TypeError):
        raise Refused(400, "the body has not the form of Alertmanager's webhook") from None
    return Posted(
        key=f"post {of_value('alerts', [group, names])}",
        cause=f"Alertmanager posted {len(firing)} firing",
        document={**document, "alerts": alerts},
        ignored="" if status == "firing" else f"the alerts are {status}",
    )


FORMS: Mapping[str, Callable[[Delivery, str, datetime], Posted]] = {
    "json": json_delivery,
    "github": github_delivery,
    "alertmanager": alertmanager_delivery,
}


def _json(body: bytes, *, fix: str = "") -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not JSON: {error}", fix=fix) from None


def _knows(authorization: str, secret: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return _equal(given.strip(), secret)
    if scheme.lower() != "basic":
        return False
    try:
        text = base64.b64decode(given, validate=True).decode()
    except ValueError:
        return False
    return _equal(text.partition(":")[2], secret)


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
