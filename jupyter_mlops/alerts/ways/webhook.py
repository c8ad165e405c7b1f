"""A program that is called by HTTP, signed as Standard Webhooks (standardwebhooks.com) has it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.alerts.ways.post import post
from jupyter_mlops.errors import AlertError

_PREFIX = "whsec_"


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


def signature(secret: str, key: str, moment: str, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 in base64 over identity, moment and body, with dots between."""
    signed = f"{key}.{moment}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def key_of(secret: str) -> bytes:
    """The bytes behind ``whsec_`` in base64, or those of the text.

    Raises:
        AlertError: it begins so, and is not base64.
    """
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            raise AlertError(f"what follows {_PREFIX} in the secret is not base64") from None
    return secret.encode()
