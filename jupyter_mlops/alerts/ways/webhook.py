"""A program that is called by HTTP, signed as Standard Webhooks (standardwebhooks.com) has it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.alerts.ways.post import post
from jupyter_mlops.standards.webhooks import signature


def call(url: str, told: Mapping[str, Any], key: str, secret: str) -> None:
    """Return once the receiver has taken what is told.

    Args:
        url: of the receiver.
        told: becomes the body.
        key: the same whenever this is sent.
        secret: signs the call; empty to send it unsigned.

    Raises:
        DeliveryError: it has not.
    """
    body = json.dumps(told, allow_nan=False).encode()
    moment = str(int(time.time()))
    headers = {"Idempotency-Key": key, "webhook-id": key, "webhook-timestamp": moment}
    if secret:
        headers["webhook-signature"] = signature(secret, key, moment, body)
    post(url, body, headers)
