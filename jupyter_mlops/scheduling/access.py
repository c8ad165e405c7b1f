"""Requests that carry a token: what they may do, and how the ledger hears of each."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.token import ACTIONS, Token
from jupyter_mlops.scheduling.tokens import PREFIX, TokenRefused, note_use, recognise

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.clock import Clock
    from jupyter_mlops.store import Store

TOGETHER = timedelta(minutes=10)
"""Reads with one token that come within this time of the last entry about it are told as one."""

_HEADER = re.compile(rf"(?:bearer|token)\s+({PREFIX}[0-9a-f]{{12}}_\S*)", re.IGNORECASE)


class ScopeRefused(MlopsError):
    """The token does not go so far."""


def secret_in(header: str | None) -> str | None:
    """The secret in the header ``Authorization``; None if what it holds is none of ours."""
    match = _HEADER.fullmatch(header or "")
    return match[1] if match else None


class Access:
    """The gate of one process.

    The ledger is told of each request that changes or begins something, before it is done. A read
    is told before it is answered unless an entry of the last ten minutes tells of its token; then
    it is counted, and the next entry says how many there were.

    Args:
        store: which is opened.
        clock: the time.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock, self._lock = store, clock, threading.Lock()
        self._told: dict[str, datetime] = {}
        self._reads: dict[str, tuple[Token, int]] = {}

    def recognise(self, secret: str | None) -> Token:
        """The token of a request.

        Raises:
            TokenRefused: there is none, or it holds no more.
            StoreError: the catalog cannot be read.
        """
        if secret is None:
            raise TokenRefused(
                "a token is needed",
                fix="send one as `Authorization: Bearer …`; `jupyter mlops token create` makes it",
            )
        return recognise(self._store, secret, self._clock.now())

    def admit(self, token: Token, action: str, what: str) -> None:
        """Return if the token goes so far, and the ledger knows.

        Args:
            token: of the request.
            action: ``read``, ``execute`` or ``write``.
            what: the request's method and path.

        Raises:
            ScopeRefused: it does not.
            StoreError: the ledger or the catalog cannot be written.
        """
        now = self._clock.now()
        if action not in ACTIONS[token.scope]:
            self._read(token, now)
            raise ScopeRefused(
                f"a token for {token.scope!r} may not {action}",
                fix="`jupyter mlops token create --scope run` or `admin` makes one that may",
            )
        if action == "read":
            self._read(token, now)
        else:
            self._tell(token, now, request=what)

    def close(self) -> None:
        """Tell of what was counted.

        Raises:
            StoreError: the ledger or the catalog cannot be written.
        """
        for token, _ in tuple(self._reads.values()):
            self._tell(token, self._clock.now())

    def _read(self, token: Token, now: datetime) -> None:
        with self._lock:
            _, before = self._reads.get(token.token, (token, 0))
            self._reads[token.token] = token, before + 1
            told = self._told.get(token.token)
            is_told = told is not None and now - told < TOGETHER
        if not is_told:
            self._tell(token, now)

    def _tell(self, token: Token, now: datetime, request: str = "") -> None:
        with self._lock:
            self._told[token.token] = now
            _, reads = self._reads.pop(token.token, (token, 0))
        details = {"owner": token.owner, "scope": token.scope, "reads": reads, "request": request}
        self._store.ledger.append(action="access", subject=token.token, details=details)
        note_use(self._store, token, now)
