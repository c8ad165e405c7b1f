"""What the handlers share: the store, the contents root, and threads for all that blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlops.installation import Installation
from jupyter_mlops.server.contents import Contents

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.metrics import Exporter
    from jupyter_mlops.store import Store

T = TypeVar("T")

_THREADS = 16
"""Calls that may wait at once for the store, an engine or a driver."""


class Backend:
    """One for each server.

    Args:
        contents: the folder that the server shows.
        installation: the store and the settings.
        poll_seconds: how often the events of a run that is followed are looked for.

    Attributes:
        contents, installation, poll_seconds: as given.
    """

    def __init__(
        self, contents: Contents, installation: Installation, *, poll_seconds: float
    ) -> None:
        self.contents = contents
        self.installation = installation
        self.poll_seconds = poll_seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="mlops")
        self._store: Store | None = None
        self._exporter: Exporter | None = None
        self._opening = Lock()

    def store(self) -> Store:
        """The store, opened at its first use; blocks.

        Raises:
            SettingError, StoreError: it cannot be opened.
        """
        with self._opening:
            if self._store is None:
                self._store = self.installation.open_store()
            return self._store

    def exporter(self) -> Exporter:
        """What tells Prometheus of the store; blocks.

        Raises:
            SettingError, StoreError: the store cannot be opened.
        """
        from jupyter_mlops.scheduling.metrics import Exporter

        store = self.store()
        with self._opening:
            if self._exporter is None:
                self._exporter = Exporter(store)
            return self._exporter

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """What the function gives, called in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    def close(self) -> None:
        """Let go of the store; calls that are waiting end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._store is not None:
            self._store.close()
