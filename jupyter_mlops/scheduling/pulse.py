"""Signs of life of a service: its loop leaves them, whoever is asked reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

HANGS = timedelta(minutes=5)
"""A service that has not ended a turn for so long hangs."""

FRESH = timedelta(seconds=30)
"""A service that has not seen the catalog for so long is not at work."""


@dataclass(slots=True, kw_only=True)
class Pulse:
    """What a service last did.

    Attributes:
        turned: when it last ended a turn, whatever came of it; at first when it was made.
        looked: when a turn last saw the catalog, or None.
        problem: why the last turn could not be done, or empty.
        stopping: True if it begins nothing more.
    """

    turned: datetime
    looked: datetime | None = None
    problem: str = ""
    stopping: bool = False

    def beat(self, now: datetime, problem: str = "") -> None:
        """Note the end of a turn; ``problem`` says why it could not be done."""
        self.turned, self.problem = now, problem
        if not problem:
            self.looked = now

    def hangs(self, now: datetime) -> str:
        """Why the service counts as hanging, or empty."""
        return "" if now - self.turned <= HANGS else f"no turn has ended since {self.turned}"

    def idles(self, now: datetime) -> str:
        """Why the service is not at work, or empty."""
        if self.stopping:
            return "the service is told to end, and begins nothing more"
        if self.problem:
            return self.problem
        if self.looked is None:
            return "the service has not seen the catalog yet"
        return "" if now - self.looked <= FRESH else f"the catalog was last seen at {self.looked}"
