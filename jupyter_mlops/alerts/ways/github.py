"""A repository dispatch, as GitHub and those that follow it take it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.alerts.ways.post import check_url, post
from jupyter_mlops.errors import AlertError

_API = "https://api.github.com/repos/"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def repository_url(text: str) -> str:
    """The address of a repository in the API: of ``owner/name`` GitHub's; else it is given itself.

    Raises:
        AlertError: it is neither.
    """
    if _REPOSITORY.fullmatch(text):
        return _API + text
    try:
        check_url(text)
    except AlertError:
        raise AlertError(
            f"{text!r} is not a repository",
            fix="write owner/name, or https://github.example.com/api/v3/repos/owner/name",
        ) from None
    return text.rstrip("/")


def dispatch(repository: str, event_type: str, told: Mapping[str, Any], token: str) -> None:
    """Return once the repository has taken the event.

    Args:
        repository: its address in the API.
        event_type: by which its workflows know it.
        told: becomes the ``client_payload``.
        token: of a user who may write to it.

    Raises:
        DeliveryError: it has not.
    """
    body = json.dumps({"event_type": event_type, "client_payload": told}, allow_nan=False)
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    post(f"{repository}/dispatches", body.encode(), headers)
