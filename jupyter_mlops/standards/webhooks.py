"""Standard Webhooks (https://www.standardwebhooks.com): how what is posted is signed."""

from __future__ import annotations

import base64
import binascii
import hmac

from jupyter_mlops.errors import MlopsError

_PREFIX = "whsec_"


class WebhookSecretError(MlopsError):
    """A secret that nothing can be signed with."""

    exit_code = 2


def signature(secret: str, name: str, moment: str, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 in base64 over identity, moment and body, with dots between.

    Args:
        secret: that sender and receiver share.
        name: the identity of what is posted.
        moment: when it is, in seconds since 1970.
        body: of the request.

    Raises:
        WebhookSecretError: of `key_of`.
    """
    digest = hmac.digest(key_of(secret), f"{name}.{moment}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def key_of(secret: str) -> bytes:
    """The bytes that are signed with: of ``whsec_…`` those that it encodes.

    Raises:
        WebhookSecretError: it begins so, and encodes none.
    """
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise WebhookSecretError(f"what follows {_PREFIX} in the secret is not base64") from None
