"""What the handlers share: the store, the contents root, and threads for all that blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlops.installation import Installation
from jupyter_mlops.server.contents import Contents

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.access import Access
    from jupyter_mlops.scheduling.metrics import Exporter
    from jupyter_mlops.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The store, and what is made of it once.

    Attributes:
        store: itself.
        exporter: of its metrics.
        access: of requests that carry a token.
    """

    store: Store
    exporter: Exporter
    access: Access


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
        self._opened: Opened | None = None
        self._opening = Lock()

    def store(self) -> Store:
        """The store, opened at its first use; blocks.

        Raises:
            SettingError, StoreError: it cannot be opened.
        """
        return self.opened().store

    def opened(self) -> Opened:
        """The store with all that goes with it, opened at its first use; blocks.

        Raises:
            SettingError, StoreError: it cannot be opened.
        """
        from jupyter_mlops.scheduling.access import Access
        from jupyter_mlops.scheduling.clock import SystemClock
        from jupyter_mlops.scheduling.metrics import Exporter

        with self._opening:
            if self._opened is None:
                store = self.installation.open_store()
                self._opened = Opened(
                    store=store, exporter=Exporter(store), access=Access(store, SystemClock())
                )
            return self._opened

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """What the function gives, called in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    def close(self) -> None:
        """Let go of the store; calls that are waiting end by themselves.

        Raises:
            StoreError: the ledger cannot be told of what was read.
        """
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._opened is not None:
            self._opened.access.close()
            self._opened.store.close()
