"""One POST of JSON, as webhooks and GitHub take it."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from jupyter_mlops import __version__
from jupyter_mlops.errors import AlertError, DeliveryError

TIMEOUT = 15.0
"""Seconds for which a receiver's next word is waited for."""

_TOLD = 200


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET, or elsewhere than the user said."""

    def redirect_request(self, *args: Any) -> None:
        """None: a redirection is an answer like any other that is no success."""


def check_url(url: str) -> None:
    """Pass if the URL can be posted to.

    Raises:
        AlertError: it cannot.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return
    except ValueError:
        pass
    raise AlertError("a webhook needs a URL", fix="write it as https://ci.example.com/hook")


def shown_address(url: str) -> str:
    """The URL as it may be shown: path and query are as good as passwords."""
    parts = urlsplit(url)
    rest = "/***" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{rest}"


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Return once the receiver has answered with a status from 200 to 299.

    Raises:
        DeliveryError: it did not.
    """
    given = {
        "Content-Type": "application/json",
        "User-Agent": f"jupyter-mlops/{__version__}",
        **headers,
    }
    request = urllib.request.Request(url, data=body, headers=given, method="POST")
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        with error:
            text = error.read(_TOLD).decode(errors="replace").partition("\n")[0].strip()
        raise DeliveryError(
            " ".join(filter(None, (f"it answered {error.code} {error.reason}", text)))
        ) from None
    except urllib.error.URLError as error:
        raise DeliveryError(f"it cannot be reached: {error.reason}") from None
    except (OSError, HTTPException) as error:
        raise DeliveryError(f"it does not answer: {error or type(error).__name__}") from None
