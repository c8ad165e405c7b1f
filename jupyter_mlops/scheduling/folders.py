"""The places of files that schedules wait for: each is looked at in time, in its own thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import StoreError
from jupyter_mlops.scheduling.files import PlaceError
from jupyter_mlops.scheduling.landed import Look, look_at_files
from jupyter_mlops.scheduling.making import Fired, aside, change_schedules
from jupyter_mlops.scheduling.rows import take_turn
from jupyter_mlops.scheduling.stirring import Stirring

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_mlops.scheduling.clock import Clock
    from jupyter_mlops.store import Store

THREADS = 8
"""So many places are looked at at once; one that does not answer keeps its thread."""

AFTER_A_PROBLEM = 30.0
"""Seconds until a place is looked at again that could not be reached."""

_SHORTEST = timedelta(seconds=1)
"""Between two looks at a folder in which something changes all the time."""


@dataclass(slots=True, kw_only=True)
class _Place:
    due: datetime
    began: datetime
    is_looked_at: bool = False


class Folders:
    """The places of one service. What a folder tells of changes makes the next look come sooner.

    Args:
        store: where the schedules are.
        clock: the time.
    """

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._places: dict[str, _Place] = {}
        self._looks: SimpleQueue[tuple[str, Look]] = SimpleQueue()
        self._told: dict[str, tuple[str, ...]] = {}
        self._stirring = Stirring()

    def turn(self) -> list[tuple[str, Look]]:
        """What looks that have ended saw, by schedule; begins those that are due.

        Problems that the look before had, too, are left out.

        Raises:
            StoreError: the catalog cannot be read.
        """
        now = self._clock.now()
        sources = self._sources()
        self._places = {
            name: self._places.get(name) or _Place(due=now, began=now - _SHORTEST)
            for name in sources
        }
        ended = self._ended(now)
        for name in self._stirring.names(sources):
            place = self._places[name]
            place.due = min(place.due, max(now, place.began + _SHORTEST))
        free = THREADS - sum(place.is_looked_at for place in self._places.values())
        due = [n for n, p in self._places.items() if p.due <= now and not p.is_looked_at]
        for name in sorted(due, key=lambda name: self._places[name].due)[: max(0, free)]:
            place = self._places[name]
            place.began, place.is_looked_at = now, True
            threading.Thread(target=self._look, args=[name], name="folders", daemon=True).start()
        return ended

    def look_once(self) -> None:
        """Look at all places, and wait for what comes of it; the next turn has it.

        Raises:
            StoreError: the catalog cannot be read.
        """
        for name in self._sources():
            while self._look(name).again == 0:
                pass

    def close(self) -> None:
        """Begin no look any more, and listen to no folder."""
        self._stirring.close()

    def _sources(self) -> dict[str, str]:
        from sqlalchemy import select

        from jupyter_mlops.store.schema import schedules

        mine = (schedules.c.waits == "file") & (schedules.c.state == "active")
        query = select(schedules.c.name, schedules.c.source).where(mine)
        rows = self._store.catalog.database.read(lambda c: c.execute(query).all())
        return {row.name: row.source for row in rows}

    def _ended(self, now: datetime) -> list[tuple[str, Look]]:
        ended: list[tuple[str, Look]] = []
        while True:
            try:
                name, look = self._looks.get_nowait()
            except Empty:
                return ended
            if place := self._places.get(name):
                place.is_looked_at = False
                place.due = now + timedelta(seconds=look.again)
            told, self._told[name] = self._told.get(name), look.problems
            if look.problems == told:
                look = replace(look, problems=())
            ended.append((name, look))

    def _look(self, name: str) -> Look:
        """What came of a look at one place; whatever goes wrong stops no other."""
        try:
            try:
                look = look_at_files(self._store, name, self._clock.now())
                self._note(name, {"b_state": "active", "b_why": "; ".join(look.problems)})
            except PlaceError as error:
                look = Look(problems=(error.message,), again=AFTER_A_PROBLEM)
                self._note(name, {"b_state": "active", "b_why": error.message})
            except StoreError:
                raise
            except Exception as error:  # whatever the row holds
                look = Look(fired=Fired(set_aside=((name, str(error)),)))
                self._note(name, aside(error))
        except StoreError as error:
            look = Look(problems=(error.message,), again=AFTER_A_PROBLEM)
        self._looks.put((name, look))
        return look

    def _note(self, name: str, change: dict[str, Any]) -> None:
        """Note in a schedule's row what keeps it from seeing files, or that nothing does."""
        from jupyter_mlops.store.schema import schedules

        here = (schedules.c.name == name) & (schedules.c.state == "active")
        query = schedules.select().where(here & (schedules.c.why != change["b_why"]))

        def work(connection: Connection) -> None:
            take_turn(connection)
            if connection.execute(query).first() is not None:
                change_schedules(connection, [{"b_name": name, "b_due": None, **change}])

        database = self._store.catalog.database
        if database.read(lambda connection: connection.execute(query).first()) is not None:
            database.write(work)
