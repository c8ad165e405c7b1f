"""Requests that carry a token of ours instead of a login of Jupyter's."""

from __future__ import annotations

from typing import Any, cast

from jupyter_server.auth import Authorizer, IdentityProvider, User
from tornado import web

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.token import Token
from jupyter_mlops.scheduling.access import ScopeRefused, secret_in
from jupyter_mlops.scheduling.tokens import TokenRefused
from jupyter_mlops.server.backend import Backend

_CONFLICT = 409


class TokenIdentity(IdentityProvider):
    """Knows who carries a token: its owner."""

    async def get_user(self, handler: Any) -> User:
        """The owner of the request's token.

        Raises:
            HTTPError: the token is not known, or holds no more; or the store cannot be read.
        """
        secret = secret_in(handler.request.headers.get("Authorization"))
        try:
            token = await handler.backend.call(_recognise, handler.backend, secret)
        except TokenRefused as refused:
            raise web.HTTPError(401, _said(refused)) from None
        except MlopsError as problem:
            raise web.HTTPError(_CONFLICT, _said(problem)) from None
        handler.token_of_request = token
        handler._token_authenticated = True  # no cookie was involved: nothing to forge
        return User(username=token.owner)


class ScopeAuthorizer(Authorizer):
    """Lets a token do what its scope says, and tells the ledger."""

    async def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        """True if it may.

        Raises:
            HTTPError: it may not, or the ledger cannot be told.
        """
        request = f"{handler.request.method} {handler.request.path}"
        token = handler.token_of_request
        try:
            await handler.backend.call(_admit, handler.backend, token, action, request)
        except ScopeRefused as refused:
            raise web.HTTPError(403, _said(refused)) from None
        except MlopsError as problem:
            raise web.HTTPError(_CONFLICT, _said(problem)) from None
        return True


class Bearer:
    """Put before a handler of Jupyter's: requests with a token are judged by that alone."""

    request: Any
    settings: Any

    @property
    def backend(self) -> Backend:
        """What the handlers share."""
        return cast(Backend, self.settings["mlops_backend"])

    @property
    def identity_provider(self) -> Any:
        """Who finds out who asks."""
        return self._judge("mlops_identity", "identity_provider")

    @property
    def authorizer(self) -> Any:
        """Who finds out what they may do."""
        return self._judge("mlops_authorizer", "authorizer")

    def _judge(self, ours: str, of_jupyter: str) -> Any:
        has_token = secret_in(self.request.headers.get("Authorization")) is not None
        return self.settings[ours] if has_token else getattr(super(), of_jupyter)


def _recognise(backend: Backend, secret: str | None) -> Token:
    return backend.opened().access.recognise(secret)


def _admit(backend: Backend, token: Token, action: str, request: str) -> None:
    backend.opened().access.admit(token, action, request)


def _said(problem: MlopsError) -> str:
    return problem.message.replace("%", "%%")
