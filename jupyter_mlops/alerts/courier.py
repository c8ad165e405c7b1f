"""Tells what is to be told, beside the work of a service: nothing of it delays a tick."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlops.alerts.deliver import deliver
from jupyter_mlops.alerts.outbox import LEASE, Held, claim, renew
from jupyter_mlops.alerts.watch import watch
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.alert import Delivery

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

T = TypeVar("T")

AT_ONCE = 8
"""So many are sent at once, each to another receiver."""

LOOK_FOR_LATE = timedelta(seconds=5)
"""How often it is looked for what is late."""

_PAUSE = LEASE / 3
"""Between two signs of life."""

Say = Callable[[str, str, str], None]
"""Hears what happens: a word, the schedule's name or "", a sentence."""


class Courier:
    """Finds what is to be told and sends it; any number of them may share a store.

    Args:
        store: where it is on record.
        clock: the present moment.
        say: hears what became of each attempt, from the thread that calls.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], say: Say) -> None:
        self._store, self._clock, self._say = store, clock, say
        self._threads: ThreadPoolExecutor | None = None
        self._looking: Future[list[str]] | None = None
        self._busy: dict[Future[Delivery | None], Held] = {}
        self._renewed = clock()
        self._looked = datetime.min.replace(tzinfo=UTC)

    def turn(self) -> None:
        """Begin to find what is to be told, and to send what waits; nothing is waited for.

        Raises:
            StoreError: the catalog cannot be used.
        """
        self._hear()
        if self._looking is None:
            now = self._clock()
            is_time = now - self._looked >= LOOK_FOR_LATE
            self._looked = now if is_time else self._looked
            self._looking = self._pool().submit(watch, self._store, now, lasting=is_time)
        self._send()

    def finish(self) -> None:
        """Send what is to be told by now; pauses before retries are not waited for.

        Raises:
            StoreError: the catalog cannot be used.
        """
        self._settle()
        for problem in watch(self._store, self._clock()):
            self._say("problem", "", problem)
        self._send()
        self._settle()
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="courier")
        return self._threads

    def _settle(self) -> None:
        """Wait until nothing is under way, and nothing waits for its turn."""
        while self._looking is not None or self._busy:
            going = [*self._busy, *([self._looking] if self._looking is not None else ())]
            wait(going, _PAUSE.total_seconds())
            self._hear()
            self._send()

    def _send(self) -> None:
        now = self._clock()
        if now - self._renewed >= _PAUSE:
            renew(self._store, list(self._busy.values()), now)
            self._renewed = now
        free = AT_ONCE - len(self._busy)
        for held in claim(self._store, now, limit=free) if free else ():
            self._busy[self._pool().submit(deliver, self._store, held, self._clock)] = held

    def _hear(self) -> None:
        if self._looking is not None and self._looking.done():
            looking, self._looking = self._looking, None
            for problem in self._result(looking) or ():
                self._say("problem", "", problem)
        for one in [one for one in self._busy if one.done()]:
            del self._busy[one]
            delivery = self._result(one)
            if delivery is not None:
                happening = delivery.happening
                text = " ".join(filter(None, (delivery.alert, happening.event, delivery.why)))
                word = "told" if delivery.state == "delivered" else "not told"
                self._say(word, happening.schedule or "", text)

    def _result(self, done: Future[T]) -> T | None:
        """What came of it; None if the store could not be used, which is told."""
        try:
            return done.result()
        except MlopsError as problem:
            self._say("problem", "", problem.message)
            return None
