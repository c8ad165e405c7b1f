"""The one clock of this room: tests put another in its place, and run years in seconds."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Protocol

from jupyter_mlops.runner.naming import now


class Clock(Protocol):
    """What time it is, and how to wait."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Whether ``stop`` is set, after at most so many seconds of waiting for it."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return now()

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Whether ``stop`` is set, after at most so many seconds of waiting for it."""
        return stop.wait(seconds)
