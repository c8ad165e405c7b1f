"""Tokens that open the API to programs, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["read", "run", "admin"]
TokenState = Literal["active", "expired", "revoked"]

ACTIONS: Mapping[Scope, frozenset[str]] = {
    "read": frozenset({"read"}),
    "run": frozenset({"read", "execute"}),
    "admin": frozenset({"read", "execute", "write"}),
}
"""What a token may do, in the words of the routes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is kept: its secret is known to whoever holds it, and not here.

    Attributes:
        token: its name, which is no secret.
        digest: of the secret.
        scope: what it may do.
        owner: who answers for it.
        user: who made it.
        created, expires: ISO 8601, UTC.
        revoked: ISO 8601, UTC, or None.
        revision: counts its changes; of one token's records the highest holds.
    """

    token: str
    digest: str
    scope: Scope
    owner: str
    user: str
    created: str
    expires: str
    revoked: str | None = None
    revision: int = 1

    def supersedes(self, other: Token) -> bool:
        """True if this is the later one of two records of a token; of equals the revoked one."""
        return (self.revision, self.revoked or "") > (other.revision, other.revoked or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReport:
    """A token as it stands. Field names don't change.

    Attributes:
        token: its name.
        state: ``active``, ``expired`` or ``revoked``.
        scope, owner, user, created, expires, revoked: as of a `Token`.
        used: ISO 8601, UTC: the last use that the ledger tells of, or None.
        secret: what its holder sends; given once, when it is made, and else empty.
    """

    token: str
    state: TokenState
    scope: Scope
    owner: str
    user: str
    created: str
    expires: str
    revoked: str | None = None
    used: str | None = None
    secret: str = ""
