"""Who writes to the store now: the writers that a collection of garbage must wait for.

A writer may have put objects, or found them there, to which nothing on record refers yet. It stands
in the catalog, which all writers of a store share, before it does so and until its references stand
there too.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.database import Database
from jupyter_mlops.store.lifeline import hold, is_alive

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Writers:
    """The writers on record; every method raises `StoreError` if the catalog cannot be used.

    Args:
        database: of the catalog.
        folder: in which each writer of this machine has a lock that dies with it.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._place = f"{platform.node()}:{folder.resolve()}"

    @contextmanager
    def enter(self, writer: str) -> Iterator[None]:
        """Be on record as a writer of this name, which nobody else has.

        Raises:
            StoreError: another process is that writer.
        """
        from jupyter_mlops.store.schema import writers

        mine = writers.c.writer == writer
        row = {"writer": writer, "place": self._place}

        def add(connection: Connection) -> None:
            connection.execute(writers.delete().where(mine))
            connection.execute(writers.insert().values(row))

        with hold(self._folder / writer):
            self._database.write(add)
            try:
                yield
            finally:
                with suppress(StoreError):  # then it is found dead later
                    self._remove(writer)
        shutil.rmtree(self._folder / writer, ignore_errors=True)

    def elsewhere(self) -> set[str]:
        """The writers of other machines or folders, of which only those know whether they live."""
        return {name for name, place in self._all().items() if place != self._place}

    def living(self) -> set[str]:
        """The writers that live, and those of which that cannot be known."""
        found = self._all()
        dead = [
            name
            for name, place in found.items()
            if place == self._place and not is_alive(self._folder / name)
        ]
        for name in dead:
            self._remove(name)
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return found.keys() - set(dead)

    def wait_for(self, pile: str, names: Iterable[str]) -> None:
        """Note for which writers a pile has to wait."""
        from jupyter_mlops.store.schema import piles

        def work(connection: Connection) -> None:
            connection.execute(piles.delete().where(piles.c.pile == pile))
            waits = json.dumps(sorted(names))
            connection.execute(piles.insert().values(pile=pile, waits=waits))

        self._database.write(work)

    def waits(self) -> dict[str, set[str]]:
        """For which writers each pile has to wait, as far as that was noted."""
        from jupyter_mlops.store.schema import piles

        rows = self._database.read(lambda connection: connection.execute(piles.select()).all())
        return {row.pile: set(json.loads(row.waits)) for row in rows}

    def forget(self, pile: str) -> None:
        """Forget a pile that is gone."""
        from jupyter_mlops.store.schema import piles

        self._database.write(lambda c: c.execute(piles.delete().where(piles.c.pile == pile)))

    def _remove(self, writer: str) -> None:
        from jupyter_mlops.store.schema import writers

        gone = (writers.c.writer == writer) & (writers.c.place == self._place)
        self._database.write(lambda connection: connection.execute(writers.delete().where(gone)))

    def _all(self) -> dict[str, str]:
        from jupyter_mlops.store.schema import writers

        rows = self._database.read(lambda connection: connection.execute(writers.select()).all())
        return {row.writer: row.place for row in rows}
