"""What all handlers of the listener do alike, and those that tell how it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from tornado.web import RequestHandler

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import finite, to_json
from jupyter_mlops.scheduling.access import ScopeRefused, secret_in
from jupyter_mlops.scheduling.metrics import KIND
from jupyter_mlops.scheduling.tokens import TokenRefused

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.access import Access
    from jupyter_mlops.scheduling.clock import Clock
    from jupyter_mlops.scheduling.metrics import Exporter
    from jupyter_mlops.scheduling.pulse import Pulse
    from jupyter_mlops.store import Store

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds after which the store counts as out of reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the handlers share.

    Attributes:
        store: of the service.
        pulse: its signs of life.
        clock: the time.
        exporter: of the metrics.
        access: of requests that carry a token.
        threads: for whatever may wait for a disk, a database or another machine.
    """

    store: Store
    pulse: Pulse
    clock: Clock
    exporter: Exporter
    access: Access
    threads: ThreadPoolExecutor


class Answering(RequestHandler):
    """A handler of the listener; its answers are JSON.

    Attributes:
        action: what a token must allow that the request carries: ``read``, ``execute`` or
            ``write``; None answers everybody.
    """

    action: ClassVar[str | None] = None

    @property
    def shared(self) -> Shared:
        """What the handlers share."""
        return cast(Shared, self.settings["shared"])

    def set_default_headers(self) -> None:
        """Say nothing of the server, and let no browser guess or keep anything."""
        self.clear_header("Server")
        self.set_header("Content-Type", "application/json")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        """Refuse a request that needs a token, and has none or one that does not go so far."""
        if self.action is None:
            return
        secret = secret_in(self.request.headers.get("Authorization"))
        try:
            await self.call(self._admit, secret, self.action)
        except TokenRefused as refused:
            self.set_header("WWW-Authenticate", "Bearer")
            self.refuse(401, refused)
        except ScopeRefused as refused:
            self.refuse(403, refused)
        except MlopsError as problem:
            self.refuse(503, problem)

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """What the function gives, called in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.shared.threads, function, *arguments)

    def reply(self, value: Any, status: int = 200) -> None:
        """Answer with a model value or what JSON has."""
        self.set_status(status)
        self.finish(json.dumps(finite(to_json(value)), allow_nan=False))

    def refuse(self, status: int, problem: MlopsError) -> None:
        """Answer why the request was not done."""
        self.reply(problem.details(), status)

    def write_error(self, status_code: int, **_: Any) -> None:
        """What tornado refuses, in the form of all other problems."""
        self.finish(json.dumps({"error": self._reason, "message": self._reason, "fix": ""}))

    def _admit(self, secret: str | None, action: str) -> None:
        access = self.shared.access
        request = f"{self.request.method} {self.request.path}"
        access.admit(access.recognise(secret), action, request)


class Unknown(Answering):
    """Every path that no other handler has."""

    async def prepare(self) -> None:
        """There is nothing."""
        self.send_error(404)


class HealthHandler(Answering):
    """``/healthz``: whether the service goes on; one that does not has to be started again."""

    def get(self) -> None:
        """Answer without asking anything that might wait."""
        _tell(self, self.shared.pulse.hangs(self.shared.clock.now()))


class ReadyHandler(Answering):
    """``/readyz``: whether the service is at work: it sees the catalog, and the store is there."""

    async def get(self) -> None:
        """Answer within `PATIENCE`, also if the store's disk does not."""
        problem = self.shared.pulse.idles(self.shared.clock.now())
        if not problem:
            try:
                await asyncio.wait_for(self.call(self.shared.store.check), PATIENCE)
            except MlopsError as error:
                problem = error.message
            except TimeoutError:
                problem = f"the store {self.shared.store.root} does not answer"
        _tell(self, problem)


class MetricsHandler(Answering):
    """``/metrics``: what Prometheus reads."""

    action = "read"

    async def get(self) -> None:
        """Answer with all metrics, or why the catalog cannot be read."""
        try:
            text = await self.call(self.shared.exporter.text, self.shared.clock.now())
        except MlopsError as problem:
            self.refuse(503, problem)
            return
        self.set_header("Content-Type", KIND)
        self.finish(text)


def _tell(handler: Answering, problem: str) -> None:
    handler.reply({"ok": not problem, "problem": problem}, 503 if problem else 200)
