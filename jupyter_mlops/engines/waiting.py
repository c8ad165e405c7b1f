"""When a container ends, heard from the engine at once and not asked for over and over."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import APIClient

LOOK_SECONDS = 1.0
"""How often the engine is asked all the same: it may not answer any more."""


class ContainerEnd:
    """Waits for the end of a container that has been started.

    Args:
        api: of the engine.
        name: of the container.
    """

    def __init__(self, api: APIClient, name: str) -> None:
        self._api = api
        self._name = name
        self._over = threading.Event()
        self._looked = time.monotonic()
        threading.Thread(target=self._listen, daemon=True, name=f"wait-{name}").start()

    def _listen(self) -> None:
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        try:
            self._api.wait(self._name)
        except (DockerException, RequestException, OSError):
            pass  # whoever asks the engine next is told
        finally:
            self._over.set()

    def is_due(self, patience: float) -> bool:
        """True if it is worth asking what became of the container.

        Args:
            patience: seconds to wait for its end.
        """
        if self._over.wait(patience):
            return True
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        return True
