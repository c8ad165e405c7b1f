"""Deliveries as senders of each form post them, and schedules that wait for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

from planned import at, schedule_named

from jupyter_mlops.model.schedule import Schedule, Timing
from jupyter_mlops.scheduling.signatures import Delivery
from jupyter_mlops.scheduling.triggers import webhook_trigger

SECRET = "a secret of the tests alone"
STANDARD = f"whsec_{base64.b64encode(SECRET.encode()).decode()}"


def waiting(form: str, **changes: Any) -> Schedule:
    mapped = changes.pop("mapped", {})
    rate = changes.pop("rate", 60)
    trigger = replace(webhook_trigger(form), secret="HOOK_SECRET", parameters=mapped, rate=rate)
    plain = schedule_named("a", missed="all", overlap="queue")
    return replace(plain, timing=Timing(kind="event"), trigger=trigger, **changes)


def signed(
    payload: object, *, name: str = "m1", minute: float = 0, key: str = SECRET, body: bytes = b""
) -> Delivery:
    """As https://www.standardwebhooks.com says; ``body`` is posted with another's signature."""
    data, sent = json.dumps(payload).encode(), str(int(at(minute).timestamp()))
    code = hmac.digest(key.encode(), f"{name}.{sent}.".encode() + data, hashlib.sha256)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,AAAA v1,{base64.b64encode(code).decode()}",
    }
    return Delivery(headers=headers, body=body or data)


def github(payload: object, *, key: str = SECRET, **headers: str) -> Delivery:
    body = json.dumps(payload).encode()
    known = {
        "x-github-event": "push",
        "x-github-delivery": "72d3162e",
        "x-hub-signature-256": f"sha256={hmac.new(key.encode(), body, 'sha256').hexdigest()}",
    }
    return Delivery(headers={**known, **headers}, body=body)


def alerts(*alerts: tuple[str, str, str], status: str = "firing", auth: str = "") -> Delivery:
    """Alerts by fingerprint, status and the value of the label ``lr``."""
    payload = {
        "version": "4",
        "groupKey": "{}:{}",
        "status": status,
        "alerts": [
            {"fingerprint": name, "status": state, "startsAt": "t", "labels": {"lr": lr}}
            for name, state, lr in alerts
        ],
    }
    headers = {"authorization": auth or f"Bearer {SECRET}"}
    return Delivery(headers=headers, body=json.dumps(payload).encode())


def basic(password: str) -> str:
    return f"Basic {base64.b64encode(f'ada:{password}'.encode()).decode()}"


def with_headers(delivery: Delivery, **headers: str) -> Delivery:
    return replace(delivery, headers={**delivery.headers, **headers})


def github_of(body: bytes) -> Delivery:
    code = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    headers = {"x-hub-signature-256": f"sha256={code}", "x-github-event": "push"}
    return Delivery(headers={**headers, "x-github-delivery": "1"}, body=body)
