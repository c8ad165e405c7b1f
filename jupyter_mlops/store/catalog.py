"""The queryable index over what the store holds: runs, their steps, executions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mlops.errors import (
    ExecutionGone,
    ObjectCorrupted,
    ObjectMissing,
    StoreError,
    UnknownRun,
)
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Execution, Run, RunState, StepReport
from jupyter_mlops.store.database import Database
from jupyter_mlops.store.labels import LabelBook, run_of_alias, runs_tagged
from jupyter_mlops.store.objects import Objects
from jupyter_mlops.store.pictures import Picture, read_pictures
from jupyter_mlops.store.records import execution_record, run_record
from jupyter_mlops.store.removal import Removals
from jupyter_mlops.store.rows import (
    execution_row,
    newest_runs,
    read_runs,
    run_row,
    runs_that_begin,
    step_columns,
    step_rows,
)
from jupyter_mlops.store.uses import index_some, insert_uses
from jupyter_mlops.store.writers import Writers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

T = TypeVar("T")

_CANDIDATES = 10


class Catalog:
    """The catalog in a SQLite file (created at its first use) or at a PostgreSQL URL.

    Every method raises `StoreError` if the database is damaged, was written by a newer version,
    cannot be written, stays locked or stays away.

    Attributes:
        labels: tags, notes and aliases.
        writers: who writes to the store now.
        removals: runs of which something is left still.

    Args:
        where: the file or the URL.
        objects: among which the records are.
        locks: folder for the locks of writers.
    """

    def __init__(self, where: Path | str, objects: Objects, locks: Path) -> None:
        self.where = where
        self._objects = objects
        self._database = Database(where)
        self.labels = LabelBook(self._database, objects)
        self.writers = Writers(self._database, locks)
        self.removals = Removals(self._database)

    @property
    def is_shared(self) -> bool:
        """True if it is no file of the store's own folder: other machines may write to it."""
        return not isinstance(self.where, Path)

    @property
    def database(self) -> Database:
        """Where further tables lie beside those of the runs."""
        return self._database

    def close(self) -> None:
        """Let go of all connections; the next call opens new ones."""
        self._database.close()

    def save_run(self, run: Run, on_record: Callable[[str], object] = lambda digest: None) -> None:
        """Record the run and all of its steps as they stand, here and among the objects.

        Killed at any moment, it leaves a run that is either as before or as now, or one that counts
        as running and that the next start finds lost.

        Args:
            run: as it stands.
            on_record: hears the digest of the run's record once it is among the objects; the
                catalog tells of the end of a run only after that.
        """
        from sqlalchemy import select

        from jupyter_mlops.store.schema import runs

        known = self._database.read(
            lambda connection: connection.scalar(
                select(runs.c.revision).where(runs.c.run == run.run)
            )
        )
        revision = 1 + (known or 0)
        if known is None:
            self._save_rows(run, revision)
        on_record(self._objects.put_bytes(run_record(run, revision)))
        if known is not None:
            self._save_rows(run, revision)

    def save_step(self, run: str, position: int, report: StepReport) -> None:
        """Note what became of one step of a run; ``position`` counts from 0 in notebook order.

        Raises:
            ExecutionGone: the step is to rest on an earlier execution that was removed; nothing is
                changed.
        """
        from sqlalchemy import select

        from jupyter_mlops.store.schema import executions, steps

        def work(connection: Connection) -> None:
            here = (steps.c.run == run) & (steps.c.position == position)
            row = step_columns(report)
            if not connection.execute(steps.update().where(here).values(row)).rowcount:
                connection.execute(steps.insert().values(run=run, position=position, **row))
            # After the write: from here on a collection of garbage waits for this transaction.
            if report.state == "reused" and report.execution is not None:
                rests_on = executions.c.execution == report.execution
                if connection.scalar(select(executions.c.serial).where(rests_on)) is None:
                    raise ExecutionGone(report.execution)

        self._database.write(work)

    def find_run(self, name: str) -> Run:
        """The run of that name or alias, of that unique beginning, or the newest for ``latest``.

        Raises:
            UnknownRun: there is none, or more than one.
        """
        from jupyter_mlops.store.schema import runs

        newest = newest_runs()

        def work(connection: Connection) -> list[Run]:
            if name == "latest":
                found = read_runs(connection, newest.limit(1))
            else:
                found = read_runs(connection, newest.where(runs.c.run == name))
            if not found and (named := run_of_alias(connection, name)) is not None:
                found = read_runs(connection, newest.where(runs.c.run == named))
            if not found and name:
                found = read_runs(connection, runs_that_begin(connection, name).limit(_CANDIDATES))
            return found

        found = self._database.read(work)
        if len(found) != 1:
            raise UnknownRun(name, candidates=[run.run for run in found])
        return found[0]

    def list_runs(
        self,
        *,
        notebook: str | None = None,
        state: RunState | None = None,
        tag: str | None = None,
        sweep: str | None = None,
        after: str | None = None,
        limit: int | None = 50,
    ) -> list[Run]:
        """The recorded runs, newest first.

        Args:
            notebook: only runs of the notebook at this absolute path.
            state: only runs in this state.
            tag: only runs with this tag.
            sweep: only runs of the sweep of this digest.
            after: only runs that were recorded before the run of this name.
            limit: at most so many; None for all.

        Raises:
            UnknownRun: there is no run of the name ``after``.
        """
        from sqlalchemy import select

        from jupyter_mlops.store.schema import runs

        query = newest_runs()
        if notebook is not None:
            query = query.where(runs.c.notebook == notebook)
        if state is not None:
            query = query.where(runs.c.state == state)
        if tag is not None:
            query = query.where(runs.c.run.in_(runs_tagged(tag)))
        if sweep is not None:
            query = query.where(runs.c.sweep == sweep)
        if after is not None:
            here = select(runs.c.serial).where(runs.c.run == after)
            serial = self._database.read(lambda connection: connection.scalar(here))
            if serial is None:
                raise UnknownRun(after)
            query = query.where(runs.c.serial < serial)
        return self._database.read(lambda connection: read_runs(connection, query.limit(limit)))

    def newest_runs(self) -> list[tuple[Run, int]]:
        """The newest run of each notebook and how many it has, the notebook that ran last first."""
        from sqlalchemy import func, select

        from jupyter_mlops.store.schema import runs

        counted = select(
            runs.c.notebook, func.max(runs.c.serial).label("last"), func.count().label("number")
        ).group_by(runs.c.notebook)

        def work(connection: Connection) -> list[tuple[Run, int]]:
            numbers = {row.notebook: row.number for row in connection.execute(counted)}
            last = select(counted.subquery().c.last)
            found = read_runs(connection, newest_runs().where(runs.c.serial.in_(last)))
            return [(run, numbers[run.notebook]) for run in found]

        return self._database.read(work)

    def record_execution(self, execution: Execution) -> str:
        """The digest of the execution's record, which is in the store and the index from now on.

        Raises:
            StoreError: another record has this execution's name.
        """
        from sqlalchemy import select

        from jupyter_mlops.store.schema import executions

        record = execution_record(execution)
        digest = of_bytes(record)
        mine = executions.c.execution == execution.execution

        def is_indexed(connection: Connection) -> bool:
            known = connection.scalar(select(executions.c.digest).where(mine))
            if known not in (None, digest):
                raise StoreError(f"execution {execution.execution} is recorded already as {known}")
            return known is not None

        def index(connection: Connection) -> None:
            if not is_indexed(connection):
                _insert_execution(connection, execution, digest, pictures)

        pictures = read_pictures(execution, self._objects)
        self._database.read(is_indexed)
        self._objects.put_bytes(record)
        self._database.write(index)
        return digest

    def executions(self, key: str) -> list[Execution]:
        """The succeeded executions under a base key, newest first, each verified by its digest.

        Records that are missing or corrupted are left out: they can never be reused.
        """
        from jupyter_mlops.store.schema import executions

        query = (
            executions.select()
            .where((executions.c.key == key) & (executions.c.state == "succeeded"))
            .order_by(executions.c.serial.desc())
        )
        return self._readable(self._database.read(lambda c: c.execute(query).all()))

    def latest_execution(self, notebook: str, step: str) -> Execution | None:
        """The succeeded execution of a step in the notebook's newest run that has one, or None."""
        from sqlalchemy import select

        from jupyter_mlops.store.schema import executions, runs

        # Not the bare column: by its index every execution of a step of this name would be visited.
        is_wanted = (executions.c.step.concat("") == step) & (executions.c.state == "succeeded")
        newest = (
            select(runs.c.run)
            .where(
                (runs.c.notebook == notebook)
                & select(executions.c.run)
                .where((executions.c.run == runs.c.run) & is_wanted)
                .exists()
            )
            .order_by(runs.c.serial.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            executions.select()
            .where((executions.c.run == newest) & is_wanted)
            .order_by(executions.c.serial.desc())
            .limit(1)
        )
        return next(
            iter(self._readable(self._database.read(lambda c: c.execute(query).all()))), None
        )

    def execution(self, name: str) -> Execution:
        """The execution of that name.

        Raises:
            UnknownRun: there is none.
            ObjectMissing, ObjectCorrupted: its record is damaged.
        """
        from jupyter_mlops.store.schema import executions

        query = executions.select().where(executions.c.execution == name)
        row = self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            raise UnknownRun(name)
        return self._read(row.digest)

    def receive(self, runs: Sequence[Run], executions: Mapping[str, Execution]) -> None:
        """Record ended runs of another store with their executions, all of them or none.

        Args:
            runs: none of which is on record here.
            executions: of these runs, in order of time, by the digests of their records, which are
                in the store.

        Raises:
            StoreError: another record has the name of an execution.
        """
        from sqlalchemy import select

        from jupyter_mlops.store import schema

        names = [run.run for run in runs]
        pictures = {d: read_pictures(e, self._objects) for d, e in executions.items()}
        for run in runs:
            self._objects.put_bytes(run_record(run, 1))

        def work(connection: Connection) -> None:
            here = select(schema.runs.c.run).where(schema.runs.c.run.in_(names))
            known = set(connection.scalars(here))
            for run in runs:
                if run.run not in known:
                    connection.execute(schema.runs.insert().values(run_row(run, 1)))
                    if run.steps:
                        connection.execute(schema.steps.insert(), step_rows(run))
            for digest, execution in executions.items():
                if execution.run not in known:
                    _insert_execution(connection, execution, digest, pictures[digest])

        self._database.write(work)

    def ask(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` reads of the tables, in one state of them; it may be called again."""
        return self._database.read(work)

    def index_uses(self) -> None:
        """Complete the index of what was made and read: an older version of it had none."""
        while self._database.write(lambda connection: index_some(connection, self._objects)):
            pass

    def _save_rows(self, run: Run, revision: int) -> None:
        from jupyter_mlops.store.schema import runs, steps

        def work(connection: Connection) -> None:
            row = run_row(run, revision)
            if not connection.execute(
                runs.update().where(runs.c.run == run.run).values(row)
            ).rowcount:
                connection.execute(runs.insert().values({**row, "told": False}))
            connection.execute(steps.delete().where(steps.c.run == run.run))
            if run.steps:
                connection.execute(steps.insert(), step_rows(run))

        self._database.write(work)

    def _read(self, digest: str) -> Execution:
        return from_json(Execution, json.loads(self._objects.read_bytes(digest)))

    def _readable(self, rows: Iterable[Row[Any]]) -> list[Execution]:
        found = []
        for row in rows:
            try:
                found.append(self._read(row.digest))
            except (ObjectMissing, ObjectCorrupted):
                continue
        return found


def _insert_execution(
    connection: Connection, execution: Execution, digest: str, pictures: list[Picture]
) -> None:
    from jupyter_mlops.store.schema import executions

    row = {**execution_row(execution, digest), "indexed": True}
    adding = executions.insert().returning(executions.c.serial).values(row)
    serial = connection.execute(adding).scalar_one()
    insert_uses(connection, [(serial, execution, pictures)])
