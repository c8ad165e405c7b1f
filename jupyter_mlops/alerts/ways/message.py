"""A message to people: mail, Slack, Teams and whatever else Apprise knows."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

from jupyter_mlops.alerts.ways.post import shown_address
from jupyter_mlops.errors import AlertError, DeliveryError

if TYPE_CHECKING:
    from apprise import NotifyBase

_HTTP = ("form", "json", "xml")
"""Schemes of Apprise's whose path is the user's own, of which it masks nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What people read.

    Attributes:
        title: one line.
        text: plain text.
        tone: by which receivers colour it.
    """

    title: str
    text: str
    tone: Literal["info", "success", "warning", "failure"]


def shown_url(url: str) -> str:
    """The URL as it may be shown.

    Raises:
        AlertError: Apprise does not know it.
    """
    masked = _receiver(url).url(privacy=True).partition("?")[0]
    is_plain = urlsplit(url).scheme.removesuffix("s") in _HTTP
    return shown_address(url) if is_plain else unquote(masked).rstrip("/")


def send_message(url: str, letter: Letter) -> None:
    """Return once the receiver's server has taken the letter.

    Raises:
        DeliveryError: it has not.
        AlertError: Apprise does not know the URL.
    """
    receiver = _receiver(url)
    with _Heard() as heard:
        is_sent = receiver.notify(
            body=letter.text, title=letter.title, notify_type=letter.tone, body_format="text"
        )
    if not is_sent:
        raise DeliveryError(heard.last or "it was not taken")


def _receiver(url: str) -> NotifyBase:
    from apprise import Apprise, AppriseAsset, OverflowMode

    # It keeps nothing on disk, and no URL that people gave is a path to code of theirs.
    asset = AppriseAsset(app_id="jupyter_mlops", plugin_paths=[], storage_mode="memory")
    receiver = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if receiver is None:
        raise AlertError(
            f"Apprise does not know the URL {url.partition('://')[0]}://…",
            fix="docs/alerts.md has examples; https://appriseit.com lists all kinds",
        )
    if "overflow=" not in url:  # what is too long for one message is refused by many
        receiver.overflow_mode = OverflowMode.SPLIT
    return receiver


class _Heard(logging.Handler):
    """Hears what Apprise says in this thread while it sends: it returns no reason."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.last = record.getMessage().strip().partition("\n")[0]

    def __enter__(self) -> _Heard:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *problem: Any) -> None:
        logging.getLogger("apprise").removeHandler(self)
