"""The service: fires what is due, begins what waits, ends what has ended."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from subprocess import Popen
from typing import IO, TYPE_CHECKING, Protocol

from jupyter_mlops.alerts.courier import Courier
from jupyter_mlops.errors import MlopsError, StoreError
from jupyter_mlops.runner.detached import last_words, start_driver
from jupyter_mlops.runner.past import mark_lost_runs
from jupyter_mlops.scheduling.book import find_tick
from jupyter_mlops.scheduling.conclude import conclude, failed_step, stop_runs
from jupyter_mlops.scheduling.dispatch import Claim, claim, expire, give_back
from jupyter_mlops.scheduling.driver import REFUSED, TickOrder
from jupyter_mlops.scheduling.fire import fire, next_due
from jupyter_mlops.scheduling.folders import Folders
from jupyter_mlops.scheduling.making import Fired
from jupyter_mlops.scheduling.pulse import Pulse
from jupyter_mlops.scheduling.sign import Sign
from jupyter_mlops.scheduling.upstream import fire_upstream

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.clock import Clock
    from jupyter_mlops.store import Store

LONGEST_PAUSE = 0.5
"""Seconds between two looks at what is due, has ended or was added, at most."""

LOOK_FOR_LOST = timedelta(seconds=5)
"""How often runs are looked for whose driver died."""


class Say(Protocol):
    """Hears what happens."""

    def __call__(
        self, what: str, schedule: str, text: str, *, run: str = "", step: str = ""
    ) -> None:
        """A word, the schedule's name, a sentence, the run and the step that it is about, or ""."""
        ...


def event_line(
    moment: datetime, what: str, schedule: str, text: str, *, run: str = "", step: str = ""
) -> str:
    """What happened as one line of JSON. Field names don't change, and are always there."""
    time = moment.isoformat(timespec="milliseconds")
    about = {"schedule": schedule or None, "run": run or None, "step": step or None}
    return json.dumps({"time": time, "event": what, **about, "text": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Driver:
    claim: Claim
    process: Popen[bytes]
    log: IO[bytes]


class Service:
    """One of any number of services that share a store.

    Args:
        store: where the schedules are.
        host: on which runs are begun.
        slots: the most runs that go on at once on this host.
        clock: the time.
        say: hears what happens.

    Attributes:
        pulse: its signs of life.
        sign: shows that a service runs, while this one serves and no other shows it.
    """

    def __init__(self, store: Store, *, host: str, slots: int, clock: Clock, say: Say) -> None:
        self._store, self._host, self._slots = store, host, slots
        self._clock, self._say = clock, say
        self.pulse = Pulse(turned=clock.now())
        self._folders = Folders(store, clock=clock)
        self.sign = Sign(store.root, host=host)
        self._courier = Courier(store, clock.now, say)
        self._drivers: list[_Driver] = []
        self._looked = datetime.min.replace(tzinfo=clock.now().tzinfo)

    def run(self, stop: threading.Event) -> None:
        """Serve until ``stop`` is set; then begin nothing more, and see what was begun to its end.

        A store that cannot be used for a while is told of, and waited for.
        """
        while not stop.is_set():
            self._try(lambda: self.sign.show(self._clock.now()))
            self._try(self.turn)
            self._clock.wait(stop, self._pause())
        self.pulse.stopping = True
        self._folders.close()
        self._try(lambda: self.sign.drop(self._clock.now()))
        self._wait_for_drivers(self._end)
        self._try(self._courier.finish)

    def run_once(self) -> None:
        """Do what is due now, and what waits, to its end; pauses before retries are not waited for.

        What is to be told of it is told.

        Raises:
            StoreError: the store cannot be used.
        """
        self._folders.look_once()
        self.turn()
        self._wait_for_drivers(self._proceed)
        self._courier.finish()

    def turn(self) -> None:
        """Fire what is due, and all that follows from it; nothing of it waits for a run.

        Raises:
            StoreError: the store cannot be used.
        """
        for look in (fire, fire_upstream):
            while fired := look(self._store, self._clock.now()):
                self._tell(fired)
        for name, seen in self._folders.turn():
            self._tell(seen.fired)
            for problem in seen.problems:
                self._say("problem", name, problem)
        self._proceed()
        self._courier.turn()

    def _tell(self, fired: Fired) -> None:
        for tick in fired.ticks:
            self._say(tick.state, tick.schedule, tick.why or tick.cause or f"due {tick.due}")
        for name, why in fired.set_aside:
            self._say("set aside", name, why)

    def _proceed(self) -> None:
        self._end()
        now = self._clock.now()
        for held in claim(self._store, now, host=self._host, slots=self._slots):
            self._say("starting", held.schedule, f"due {held.due}")
            self._drivers.append(self._begin(held))

    def _end(self) -> None:
        """Take note of what has ended, and end what has to."""
        self._reap()
        now = self._clock.now()
        if now - self._looked >= LOOK_FOR_LOST:
            mark_lost_runs(self._store)
            self._looked = now
        expire(self._store, now)
        for tick in conclude(self._store, now):
            run = tick.runs[-1]
            step = "" if tick.state == "succeeded" else failed_step(self._store, run)
            why = tick.why or f"due {tick.due}"
            self._say(tick.state, tick.schedule, why, run=run, step=step)
        stop_runs(self._store, now)

    def _begin(self, held: Claim) -> _Driver:
        log = tempfile.TemporaryFile()  # noqa: SIM115 closed when the process is reaped
        order = TickOrder(store=str(self._store.root), claim=held)
        module = "jupyter_mlops.scheduling.driver"
        process = start_driver(module, order, log=log, answers=False)
        return _Driver(claim=held, process=process, log=log)

    def _reap(self) -> None:
        """Let go of drivers that have ended; one that died without a word gives its tick back."""
        ended = [driver for driver in self._drivers if driver.process.poll() is not None]
        for driver in ended:
            self._drivers.remove(driver)
            with driver.log:
                last = last_words(driver.log).strip().rpartition("\n")[2]
            code, held = driver.process.returncode, driver.claim
            why = f"the process that should drive it ended with {code}: {last}"
            is_back = give_back(self._store, held, why, self._clock.now())
            if is_back or code == REFUSED:
                tick = find_tick(self._store, held.schedule, held.due)
                self._say(tick.state, tick.schedule, tick.why)

    def _wait_for_drivers(self, work: Callable[[], None]) -> None:
        never = threading.Event()
        while self._drivers:
            self._clock.wait(never, LONGEST_PAUSE)
            self._try(work)
        self._try(self._end)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except MlopsError as problem:
            self.pulse.beat(self._clock.now(), problem.message)
            self._say("problem", "", problem.message)
        else:
            self.pulse.beat(self._clock.now())

    def _pause(self) -> float:
        """Seconds until something may be due."""
        try:
            due = next_due(self._store)
        except StoreError:
            return LONGEST_PAUSE
        if due is None:
            return LONGEST_PAUSE
        left = (datetime.fromisoformat(due) - self._clock.now()).total_seconds()
        return min(max(left, 0.0), LONGEST_PAUSE)
