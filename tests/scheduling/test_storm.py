"""Five services that are killed at every moment: each tick is fired once, run once, and ends."""

from __future__ import annotations

import multiprocessing
import os
import random
from collections import Counter
from pathlib import Path

from planned import at, told
from stormy import FOLLOWING, SCHEDULES, serve

from jupyter_mlops.scheduling.book import add_schedule
from jupyter_mlops.store import Store

SERVICES, MINUTES, KILLS = 5, 8, 15
FORK = multiprocessing.get_context("fork")


class Service:
    """A service in a process of its own, forked so that it costs little."""

    def __init__(self, store: Store, ledger: Path, number: int) -> None:
        self._heard, said = os.pipe()
        self._process = FORK.Process(target=self._serve, args=(store, ledger, number, said))
        self._process.start()
        os.close(said)

    def wait_for(self, things: int) -> None:
        """Return after it has done so many things, or has ended."""
        while things and os.read(self._heard, 1):
            things -= 1

    def kill(self) -> None:
        self._process.kill()
        self._join()

    def end(self) -> int | None:
        """Its exit code, once it has done everything."""
        while os.read(self._heard, 4096):
            pass
        self._join()
        return self._process.exitcode

    def _join(self) -> None:
        self._process.join()
        os.close(self._heard)

    def _serve(self, store: Store, ledger: Path, number: int, said: int) -> None:
        book = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        serve(store, f"host{number}", book, MINUTES, lambda: os.write(said, b"."))


def test_every_tick_runs_once_in_a_storm(store: Store, tmp_path: Path) -> None:
    for schedule in (*SCHEDULES, FOLLOWING):
        add_schedule(store, schedule, at(0))
    store.close()  # no connection is to be shared with the services
    ledger, dice = tmp_path / "ledger", random.Random(7)
    services = [Service(store, ledger, number) for number in range(SERVICES)]
    for _ in range(KILLS):
        number = dice.randrange(SERVICES)
        services[number].wait_for(dice.randrange(1, 60))
        services[number].kill()
        services[number] = Service(store, ledger, number)
    assert [service.end() for service in services] == [0] * SERVICES
    assert Service(store, ledger, 0).end() == 0  # finds what the others left

    expected = {
        schedule.name: [float(m) for m in range(1, MINUTES + 1) if m % every == 0]
        for every, schedule in enumerate(SCHEDULES, start=1)
    }
    found = {name: [minute for minute, _ in told(store, name)] for name in expected}
    assert found == expected
    source = [state for _, state in told(store, str(FOLLOWING.trigger.source))]  # type: ignore[union-attr]
    followed = [state for _, state in told(store, FOLLOWING.name)]
    assert len(followed) == source.count("succeeded")
    states = Counter(followed)
    states.update(state for name in expected for _, state in told(store, name))
    assert set(states) <= {"succeeded", "lost"}, states
    ran = Counter(ledger.read_text().splitlines())
    assert set(ran.values()) == {1}
    assert states["succeeded"] <= len(ran) <= sum(states.values())
