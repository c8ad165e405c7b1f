"""Tokens for the API: made, listed, revoked, given to another owner, and recognised."""

from __future__ import annotations

import getpass
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.token import Scope, Token, TokenReport, TokenState
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.rows import take_turn
from jupyter_mlops.store.records import token_record
from jupyter_mlops.store.rows import document, insert_new, token_row

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store

PREFIX = "mlops_"
"""What every secret begins with, so that it is known wherever it is found."""

_SECRET = re.compile(PREFIX + r"(?P<token>[0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_BYTES = 32


class UnknownToken(MlopsError):
    """No token of that name."""

    exit_code = 2


class TokenRefused(MlopsError):
    """What was sent is no token, or one that holds no more."""


def create_token(
    store: Store, *, scope: Scope, owner: str, lasts: timedelta, now: datetime
) -> TokenReport:
    """The new token, with its secret, which nobody can be told again.

    Args:
        store: which it opens.
        scope: what it may do.
        owner: who answers for it.
        lasts: for how long it holds.
        now: the present.

    Raises:
        StoreError: the store cannot be written.
    """
    from jupyter_mlops.store.schema import tokens

    name = secrets.token_hex(6)
    secret = f"{PREFIX}{name}_{secrets.token_urlsafe(_BYTES)}"
    token = Token(
        token=name,
        digest=of_bytes(secret.encode()),
        scope=scope,
        owner=owner,
        user=getpass.getuser(),
        created=iso(now),
        expires=iso(now + lasts),
    )

    _tell(store, token, "create")
    store.objects.put_bytes(token_record(token))
    store.catalog.database.write(lambda c: insert_new(c, tokens, [token_row(token)]))
    return replace(_report(token, None, now), secret=secret)


def list_tokens(store: Store, now: datetime) -> list[TokenReport]:
    """All tokens, those that were made first first; also those that hold no more.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import tokens

    rows = store.catalog.ask(lambda connection: connection.execute(tokens.select()).all())
    found = [_report(_token(row), row.used, now) for row in rows]
    return sorted(found, key=lambda report: (report.created, report.token))


def revoke_token(store: Store, name: str, now: datetime) -> TokenReport:
    """The token, which opens nothing from now on.

    Raises:
        UnknownToken: there is none of that name.
        StoreError: the store cannot be written.
    """
    return _change(store, name, "revoke", lambda t: replace(t, revoked=t.revoked or iso(now)), now)


def give_token(store: Store, name: str, owner: str, now: datetime) -> TokenReport:
    """The token, for which another owner answers from now on.

    Raises:
        UnknownToken: there is none of that name.
        StoreError: the store cannot be written.
    """
    return _change(store, name, "owner", lambda token: replace(token, owner=owner), now)


def recognise(store: Store, secret: str, now: datetime) -> Token:
    """The token whose secret it is.

    Raises:
        TokenRefused: it is the secret of none, or of one that was revoked or has expired.
        StoreError: the catalog cannot be read.
    """
    match = _SECRET.fullmatch(secret)
    row = None if match is None else store.catalog.ask(lambda c: _row(c, match["token"]))
    if row is None or not hmac.compare_digest(_token(row).digest, of_bytes(secret.encode())):
        raise TokenRefused("the token is not known")
    token = _token(row)
    state = _state(token, now)
    if state != "active":
        verb = "has expired" if state == "expired" else "was revoked"
        fix = "`jupyter mlops token create` makes another one"
        raise TokenRefused(f"token {token.token} {verb}", fix=fix)
    return token


def note_use(store: Store, token: Token, now: datetime) -> None:
    """Note when it was used last.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import tokens

    change = tokens.update().where(tokens.c.token == token.token).values(used=iso(now))
    store.catalog.database.write(lambda connection: connection.execute(change))


def _change(
    store: Store, name: str, what: str, change: Callable[[Token], Token], now: datetime
) -> TokenReport:
    from jupyter_mlops.store.schema import tokens

    def work(connection: Connection) -> TokenReport:
        take_turn(connection)
        row = _row(connection, name)
        if row is None:
            raise UnknownToken(
                f"no token is named {name!r}", fix="`jupyter mlops token list` names them"
            )
        known = _token(row)
        token = change(known)
        if token != known:
            token = replace(token, revision=known.revision + 1)
            _tell(store, token, what)
            store.objects.put_bytes(token_record(token))
            here = tokens.update().where(tokens.c.token == name)
            connection.execute(here.values(document=document(token)))
        return _report(token, row.used, now)

    return store.catalog.database.write(work)


def _tell(store: Store, token: Token, what: str) -> None:
    details = {"change": what, "scope": token.scope, "owner": token.owner, "expires": token.expires}
    store.ledger.append(action="token", subject=token.token, details=details)


def _row(connection: Connection, name: str) -> Row[Any] | None:
    from jupyter_mlops.store.schema import tokens

    return connection.execute(tokens.select().where(tokens.c.token == name)).first()


def _token(row: Row[Any]) -> Token:
    return from_json(Token, json.loads(row.document))


def _state(token: Token, now: datetime) -> TokenState:
    if token.revoked is not None:
        return "revoked"
    return "active" if now < datetime.fromisoformat(token.expires) else "expired"


def _report(token: Token, used: str | None, now: datetime) -> TokenReport:
    return TokenReport(
        token=token.token,
        state=_state(token, now),
        scope=token.scope,
        owner=token.owner,
        user=token.user,
        created=token.created,
        expires=token.expires,
        revoked=token.revoked,
        used=used,
    )
