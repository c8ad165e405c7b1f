"""The queryable index over what the store holds: runs, their steps, executions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import StoreError, UnknownRun
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.run import Execution, Run, RunState, StepReport
from jupyter_mlops.store.connection import connect, database_problems, reading, writing
from jupyter_mlops.store.objects import Objects

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Select

_CANDIDATES = 10


class Catalog:
    """The catalog in a SQLite file (created at its first use) or at a database URL.

    Every method raises `StoreError` if the database is damaged, cannot be written or stays locked.
    """

    def __init__(self, where: Path | str, objects: Objects) -> None:
        self.where = where
        self._objects = objects
        self._engine: Engine | None = None
        self._lock = Lock()

    def close(self) -> None:
        """Let go of all connections; the next call opens new ones."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def save_run(self, run: Run) -> None:
        """Record the run and all of its steps as they stand, in one transaction."""
        from jupyter_mlops.store.schema import runs, steps

        columns = {
            "notebook": run.notebook,
            "state": run.state,
            "document": _text(replace(run, steps=())),
        }
        with self._writing() as connection:
            updated = connection.execute(
                runs.update().where(runs.c.run == run.run).values(columns)
            ).rowcount
            if not updated:
                connection.execute(runs.insert().values(run=run.run, **columns))
            connection.execute(steps.delete().where(steps.c.run == run.run))
            rows = [
                {"run": run.run, "position": position, "document": _text(report)}
                for position, report in enumerate(run.steps)
            ]
            if rows:
                connection.execute(steps.insert(), rows)

    def save_step(self, run: str, position: int, report: StepReport) -> None:
        """Record one step of a recorded run; ``position`` counts from 0 in notebook order."""
        from jupyter_mlops.store.schema import steps

        with self._writing() as connection:
            here = (steps.c.run == run) & (steps.c.position == position)
            document = _text(report)
            if not connection.execute(
                steps.update().where(here).values(document=document)
            ).rowcount:
                connection.execute(
                    steps.insert().values(run=run, position=position, document=document)
                )

    def find_run(self, name: str) -> Run:
        """The run of that name, of that unique beginning, or the newest for ``latest``.

        Raises:
            UnknownRun: there is none, or more than one.
        """
        from jupyter_mlops.store.schema import runs

        newest = _newest_runs()
        with self._reading() as connection:
            if name == "latest":
                found = _read_runs(connection, newest.limit(1))
            else:
                found = _read_runs(connection, newest.where(runs.c.run == name))
            if not found and name:
                begins = runs.c.run.startswith(name, autoescape=True)
                found = _read_runs(connection, newest.where(begins).limit(_CANDIDATES))
        if len(found) != 1:
            raise UnknownRun(name, candidates=[run.run for run in found])
        return found[0]

    def list_runs(
        self,
        *,
        notebook: str | None = None,
        state: RunState | None = None,
        limit: int | None = 50,
    ) -> list[Run]:
        """The recorded runs, newest first.

        Args:
            notebook: only runs of the notebook at this absolute path.
            state: only runs in this state.
            limit: at most so many; None for all.
        """
        from jupyter_mlops.store.schema import runs

        query = _newest_runs()
        if notebook is not None:
            query = query.where(runs.c.notebook == notebook)
        if state is not None:
            query = query.where(runs.c.state == state)
        with self._reading() as connection:
            return _read_runs(connection, query.limit(limit))

    def record_execution(self, execution: Execution) -> str:
        """The digest of the execution's record, which is in the store and the index from now on.

        Raises:
            StoreError: another record has this execution's name.
        """
        from jupyter_mlops.store.schema import executions

        digest = self._objects.put_bytes(canonical_json(to_json(execution)))
        with self._writing() as connection:
            known = connection.execute(
                executions.select().where(executions.c.execution == execution.execution)
            ).first()
            if known is None:
                connection.execute(
                    executions.insert().values(
                        execution=execution.execution,
                        key=execution.key,
                        run=execution.run,
                        step=execution.step,
                        state=execution.result.state,
                        started=execution.result.started,
                        digest=digest,
                    )
                )
            elif known.digest != digest:
                raise StoreError(
                    f"execution {execution.execution} is recorded already as {known.digest}"
                )
        return digest

    def executions(self, key: str) -> list[Execution]:
        """The succeeded executions under a base key, newest first, each verified by its digest.

        Records that are missing or corrupted are left out: they can never be reused.
        """
        from jupyter_mlops.store.schema import executions

        with self._reading() as connection:
            rows = connection.execute(
                executions.select()
                .where((executions.c.key == key) & (executions.c.state == "succeeded"))
                .order_by(executions.c.serial.desc())
            ).all()
        return self._readable(row.digest for row in rows)

    def latest_execution(self, notebook: str, step: str) -> Execution | None:
        """The newest succeeded execution of a step of the notebook at that path, or None."""
        from jupyter_mlops.store.schema import executions, runs

        with self._reading() as connection:
            row = connection.execute(
                executions.select()
                .join(runs, runs.c.run == executions.c.run)
                .where(
                    (executions.c.step == step)
                    & (executions.c.state == "succeeded")
                    & (runs.c.notebook == notebook)
                )
                .order_by(executions.c.serial.desc())
                .limit(1)
            ).first()
        return next(iter(self._readable([row.digest])), None) if row is not None else None

    def execution(self, name: str) -> Execution:
        """The execution of that name.

        Raises:
            UnknownRun: there is none.
            ObjectMissing, ObjectCorrupted: its record is damaged.
        """
        from jupyter_mlops.store.schema import executions

        with self._reading() as connection:
            row = connection.execute(
                executions.select().where(executions.c.execution == name)
            ).first()
        if row is None:
            raise UnknownRun(name)
        return self._read(row.digest)

    def _read(self, digest: str) -> Execution:
        return from_json(Execution, json.loads(self._objects.read_bytes(digest)))

    def _readable(self, digests: Iterator[str] | Sequence[str]) -> list[Execution]:
        found = []
        for digest in digests:
            try:
                found.append(self._read(digest))
            except StoreError:
                continue
        return found

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with database_problems(self.where), reading(self._connected()) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with database_problems(self.where), writing(self._connected()) as connection:
            yield connection

    def _connected(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = connect(self.where)
            return self._engine


def _text(value: Run | StepReport) -> str:
    return canonical_json(to_json(value)).decode()


def _newest_runs() -> Select[Any]:
    from jupyter_mlops.store.schema import runs

    return runs.select().order_by(runs.c.serial.desc())


def _read_runs(connection: Connection, query: Select[Any]) -> list[Run]:
    """The runs of the query with their steps, by two statements however many there are."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs, steps

    reports: dict[str, list[StepReport]] = {}
    documents = [json.loads(row.document) for row in connection.execute(query)]
    chosen = query.with_only_columns(runs.c.run).subquery()
    for row in connection.execute(
        steps.select()
        .where(steps.c.run.in_(select(chosen.c.run)))
        .order_by(steps.c.run, steps.c.position)
    ):
        report = from_json(StepReport, json.loads(row.document))
        reports.setdefault(row.run, []).append(report)
    found = (from_json(Run, document) for document in documents)
    return [replace(run, steps=tuple(reports.get(run.run, ()))) for run in found]
