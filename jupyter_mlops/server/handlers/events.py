"""The websocket of a run."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import finite
from jupyter_mlops.runner.follow import RunEvents
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.bearer import Bearer
from jupyter_mlops.server.handler import RESOURCE
from jupyter_mlops.server.refusals import status_of

_NORMAL, _PROBLEM = 1000, 1011
_REASON_BYTES = 120


class EventsHandler(Bearer, WebSocketMixin, WebSocketHandler, JupyterHandler):
    """``/mlops/runs/{run}/events``."""

    auth_resource = RESOURCE
    _following: asyncio.Task[None] | None = None

    @ws_authenticated
    async def get(self, name: str) -> None:
        """Open the socket, for users that may read."""
        # `authorized` does not cover websockets.
        allowed = self.authorizer.is_authorized(self, self.current_user, "read", RESOURCE)
        if not await ensure_async(allowed):
            raise web.HTTPError(403)
        try:
            self._events = await self.backend.call(_events, self.backend, name)
        except MlopsError as error:
            raise web.HTTPError(status_of(error), error.message.replace("%", "%%")) from None
        await super().get(name)

    def open(self, *arguments: str) -> None:
        """Send what has happened, and what happens."""
        super().open(*arguments)
        self._following = asyncio.create_task(self._follow())

    def on_message(self, message: str | bytes) -> None:
        """Nothing: the client has nothing to say."""

    def on_close(self) -> None:
        """Follow the run no longer; it goes on."""
        super().on_close()
        if self._following is not None:
            self._following.cancel()

    async def _follow(self) -> None:
        with contextlib.suppress(WebSocketClosedError):
            try:
                while not self._events.ended:
                    for event in await self.backend.call(self._events.news):
                        await self.write_message(json.dumps(finite(event)))
                    await asyncio.sleep(0 if self._events.ended else self.backend.poll_seconds)
                self.close(_NORMAL)
            except MlopsError as error:
                self.close(_PROBLEM, error.message.encode()[:_REASON_BYTES].decode(errors="ignore"))


def _events(backend: Backend, name: str) -> Any:
    store = backend.store()
    return RunEvents(store, find_run(store, name).run)
