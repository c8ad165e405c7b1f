"""Tells what is to be told, beside the work of a service: a receiver that hangs delays no tick."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlops.alerts.deliver import deliver
from jupyter_mlops.alerts.outbox import claim
from jupyter_mlops.alerts.watch import watch
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.alert import Delivery

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

AT_ONCE = 8
"""So many are sent at once, each to another receiver."""

Say = Callable[[str, str, str], None]
"""Hears what happens: a word, the schedule's name or "", a sentence."""


class Courier:
    """Finds what is to be told and sends it; any number of them may share a store.

    Args:
        store: where it is on record.
        clock: the present moment.
        say: hears what became of each attempt.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], say: Say) -> None:
        self._store, self._clock, self._say = store, clock, say
        self._threads: ThreadPoolExecutor | None = None
        self._busy: list[Future[Delivery | None]] = []

    def turn(self) -> None:
        """Find what is to be told, and begin to send what waits; nothing is waited for.

        Raises:
            StoreError: the catalog cannot be used.
        """
        self._hear()
        for problem in watch(self._store, self._clock()):
            self._say("problem", "", problem)
        self._send()

    def finish(self) -> None:
        """Send what is to be told by now; pauses before retries are not waited for.

        Raises:
            StoreError: the catalog cannot be used.
        """
        self.turn()
        while self._busy:
            wait(self._busy)
            self._hear()
            self._send()
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    def _send(self) -> None:
        free = AT_ONCE - len(self._busy)
        for held in claim(self._store, self._clock(), limit=free) if free else ():
            if self._threads is None:
                self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier")
            self._busy.append(self._threads.submit(deliver, self._store, held, self._clock))

    def _hear(self) -> None:
        for one in [one for one in self._busy if one.done()]:
            self._busy.remove(one)
            try:
                delivery = one.result()
            except MlopsError as problem:
                self._say("problem", "", problem.message)
                continue
            if delivery is not None:
                happening = delivery.happening
                text = " ".join(filter(None, (delivery.alert, happening.event, delivery.why)))
                word = "told" if delivery.state == "delivered" else "not told"
                self._say(word, happening.schedule or "", text)
