"""Sees to it that a service runs while there are schedules or alerts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.launch import NotBegun, launch_service
from jupyter_mlops.server.scheduled import ServiceView

_PAUSE = 60.0
"""Seconds after which a service that died is missed."""

_TRIES = 3
"""Who looks for the sign of a service holds it for a moment, and may turn a new one away."""


class Keeper:
    """Starts a service in the background when none runs; it goes on when the server ends.

    Args:
        backend: of the server.
        automatic: True to do so when the server starts and schedules change, and if one has died.
        warn: hears why a service could not be started.
    """

    def __init__(self, backend: Backend, *, automatic: bool, warn: Callable[[str], None]) -> None:
        self._backend, self._automatic, self._warn = backend, automatic, warn
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on, if that is wanted; the event loop runs."""
        if self._automatic:
            self._task = asyncio.create_task(self._keep())
            self.look()

    def look(self) -> None:
        """Look soon whether a service is needed, and start one unless one runs."""
        self._wanted.set()

    async def stop(self) -> None:
        """Look no more; the service goes on."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def view(self) -> ServiceView:
        """Whether a service runs; blocks.

        Raises:
            SettingError, StoreError: the store cannot be named or read.
        """
        from jupyter_mlops.scheduling.sign import service_status

        root = self._backend.installation.settings().store_path
        return ServiceView(status=service_status(root), automatic=self._automatic)

    def start(self) -> ServiceView:
        """The service, which is started unless one runs; blocks.

        Raises:
            NotBegun: the store cannot be used.
            DriverFailed: its process ended without a word.
        """
        root = self._backend.store().root
        for _ in range(_TRIES):
            if self.view().status.running or launch_service(str(root)):
                break
        return self.view()

    async def _keep(self) -> None:
        while True:
            asked = self._wanted.is_set()
            self._wanted.clear()
            try:
                await self._backend.call(self._start_if_needed, asked)
            except (MlopsError, NotBegun, OSError) as problem:
                self._warn(f"no service of schedules could be started: {problem}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), _PAUSE)

    def _start_if_needed(self, asked: bool) -> None:
        """Start a service; one that was told to end stays away until it is asked for."""
        from jupyter_mlops.scheduling.book import is_needed

        if not (self._backend.installation.settings().store_path / "VERSION").is_file():
            return  # so there are no schedules, and none has to be made
        status = self.view().status
        if status.running or (status.stopped and not asked):
            return
        if is_needed(self._backend.store()):
            self.start()
