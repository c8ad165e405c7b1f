"""Runs that leave the catalog: all at once, and none that something needs at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from jupyter_mlops.model.label import LabelChange
from jupyter_mlops.model.run import Run
from jupyter_mlops.store.database import Database
from jupyter_mlops.store.labels import read_change
from jupyter_mlops.store.rows import newest_runs, read_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST = 500
"""How many runs are named in one statement."""

_TABLES = "runs, steps, executions, labels, removals"

Spare = Callable[[Sequence[Run], Sequence[LabelChange]], set[str]]
"""Which runs must stay because of runs and labels that are newer than the plan."""


class Removals:
    """The runs that were removed and of which something is left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remove(
        self, runs: Iterable[str], *, seen: Iterable[str], labels: int, spare: Spare
    ) -> set[str]:
        """The runs that are in the catalog no more, but among the removals, all in one moment.

        Nobody writes to the catalog meanwhile; what was written since the plan was made is heard.

        Args:
            runs: that are to go.
            seen: all runs that the plan knew and that had ended.
            labels: number of the newest change of a label that the plan knew.
            spare: which of them must stay.
        """
        from sqlalchemy import delete, select, text

        from jupyter_mlops.store import schema

        wanted, known = set(runs), set(seen)

        def work(connection: Connection) -> set[str]:
            if connection.dialect.name != "sqlite":  # where every write transaction is alone
                connection.execute(text(f"LOCK TABLE {_TABLES} IN SHARE ROW EXCLUSIVE MODE"))
            names = connection.scalars(select(schema.runs.c.run)).all()
            newer = [name for name in names if name not in known]
            changes = connection.execute(
                schema.labels.select().where(schema.labels.c.serial > labels)
            )
            stay = spare(
                [run for some in _batches(newer) for run in _read(connection, some)],
                [read_change(row.document) for row in changes],
            )
            going = sorted(wanted - stay)
            have = set(connection.scalars(select(schema.removals.c.run)))
            new = [{"run": name} for name in going if name not in have]
            if new:
                connection.execute(schema.removals.insert(), new)
            for some in _batches(going):
                for table in (schema.executions, schema.steps, schema.runs):
                    connection.execute(delete(table).where(table.c.run.in_(some)))
            return set(going)

        return self._database.write(work)

    def pending(self) -> set[str]:
        """The runs of which something may be left."""
        from sqlalchemy import select

        from jupyter_mlops.store.schema import removals

        query = select(removals.c.run)
        return set(self._database.read(lambda connection: connection.scalars(query).all()))

    def done(self, runs: Iterable[str]) -> None:
        """Nothing is left of these runs."""
        from jupyter_mlops.store.schema import removals

        def work(connection: Connection) -> None:
            for some in _batches(sorted(runs)):
                connection.execute(removals.delete().where(removals.c.run.in_(some)))

        self._database.write(work)


def _read(connection: Connection, names: Sequence[str]) -> list[Run]:
    from jupyter_mlops.store.schema import runs

    return read_runs(connection, newest_runs().where(runs.c.run.in_(names)))


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[begin : begin + _MOST] for begin in range(0, len(names), _MOST))
