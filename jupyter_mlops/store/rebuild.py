"""The catalog made anew from the records among the objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.model.label import LabelChange
from jupyter_mlops.model.run import Execution
from jupyter_mlops.store.connection import database_problems, writing
from jupyter_mlops.store.database import connect
from jupyter_mlops.store.labels import label_rows
from jupyter_mlops.store.migrate import create_tables
from jupyter_mlops.store.objects import Objects
from jupyter_mlops.store.pictures import read_pictures
from jupyter_mlops.store.records import Records, RunRecord, read_records, run_record
from jupyter_mlops.store.reports import report_execution
from jupyter_mlops.store.rows import (
    alert_row,
    execution_row,
    insert_new,
    run_row,
    schedule_row,
    step_rows,
    token_row,
)
from jupyter_mlops.store.sqlite import replace_sqlite
from jupyter_mlops.store.uses import insert_uses

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DRIVER_DIED = "the process that drove the run died"
_UNFINISHED = ("pending", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuilt catalog holds.

    Attributes:
        runs, executions: how many.
        schedules: how many; the next tick of each is the first one from now on.
        alerts: how many alerts and hooks.
        lost: names of the runs of which no end is on record.
        left_out: executions whose run is not on record or whose name another has, and digests of
            unreadable records.
        kept: where the earlier catalog is: a file, or the ending of the tables' names; None if
            there was none.
    """

    runs: int
    executions: int
    schedules: int = 0
    alerts: int = 0
    lost: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    kept: str | None = None


def rebuild_catalog(where: Path | str, objects: Objects, runs_folder: Path) -> Rebuilt:
    """What the catalog at ``where`` holds now, which is exactly what is on record.

    It is made whole or not at all, and what it held before is kept beside. A run is as it was when
    it ended; without an end on record it is ``lost`` from now on, which is put on record, and its
    recorded executions are its steps.

    Args:
        where: a SQLite file, which may be missing or damaged; or the URL of a database.
        objects: among which the records are.
        runs_folder: the folder of the runs' folders.

    Raises:
        StoreError: the catalog is in use or cannot be written; it is as it was.
    """
    from jupyter_mlops.store import schema

    records = read_records(objects)
    executions, left_out = _choose(records)
    steps: dict[str, dict[str, Execution]] = {}
    for execution in executions.values():
        last = steps.setdefault(execution.run, {}).setdefault(execution.step, execution)
        if execution.attempt > last.attempt:
            steps[execution.run][execution.step] = execution
    lost = {name for name, record in records.runs.items() if record.run.state == "running"}
    runs = [
        _lose(record, steps.get(name, {}), runs_folder / name, objects) if name in lost else record
        for name, record in records.runs.items()
    ]
    runs.sort(key=lambda record: (record.run.started, record.run.run))

    schedules = [schedule_row(record) for record in records.schedules.values()]
    alerts = [alert_row(record) for record in records.alerts.values()]

    def fill(connection: Connection) -> None:
        _insert(connection, runs, executions, records.labels.values())
        _index(connection, executions, objects)
        insert_new(connection, schema.schedules, schedules)
        insert_new(connection, schema.tokens, list(map(token_row, records.tokens.values())))
        insert_new(connection, schema.alerts, alerts)

    with database_problems(where):
        kept = _new_file(where, fill) if isinstance(where, Path) else _new_rows(where, fill)
    return Rebuilt(
        runs=len(runs),
        executions=len(executions),
        schedules=sum(row["state"] != "removed" for row in schedules),
        alerts=sum(row["state"] != "removed" for row in alerts),
        lost=tuple(record.run.run for record in runs if record.run.run in lost),
        left_out=(*left_out, *records.unreadable),
        kept=kept,
    )


def _choose(records: Records) -> tuple[dict[str, Execution], list[str]]:
    """The executions to index, oldest first, by the digests of their records; and other names."""
    chosen: dict[str, Execution] = {}
    names, left_out = set(), []
    for digest, execution in sorted(
        records.executions.items(),
        key=lambda item: (item[1].result.started, item[1].execution, item[0]),
    ):
        if execution.run in records.runs and execution.execution not in names:
            chosen[digest] = execution
            names.add(execution.execution)
        else:
            left_out.append(execution.execution)
    return chosen, left_out


def _lose(
    record: RunRecord, executions: dict[str, Execution], folder: Path, objects: Objects
) -> RunRecord:
    """The record, new among the objects, of a run that is lost, with its executions as steps."""
    run, revision, steps = record.run, record.revision + 1, []
    for step in run.steps:
        execution = executions.get(step.step)
        if execution is not None:
            notebook = _exported(folder, step.step)
            step = report_execution(
                execution, state=execution.result.state, why=execution.why, notebook=notebook
            )
        elif step.state in _UNFINISHED:
            step = replace(step, state="cancelled", why=_DRIVER_DIED)
        steps.append(step)
    ended = max((execution.result.ended for execution in executions.values()), default=run.started)
    run = replace(run, state="lost", ended=ended, steps=tuple(steps))
    return RunRecord(
        digest=objects.put_bytes(run_record(run, revision)), revision=revision, run=run
    )


def _exported(folder: Path, step: str) -> str | None:
    """The path of the step's executed notebook in the run's folder."""
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        if path.name.partition("-")[2] == f"{step}.ipynb":
            return str(path)
    return None


def _insert(
    connection: Connection,
    runs: list[RunRecord],
    executions: Mapping[str, Execution],
    changes: Iterable[LabelChange],
) -> None:
    from jupyter_mlops.store import schema

    for table, rows in (
        (schema.runs, [run_row(record.run, record.revision) for record in runs]),
        (schema.steps, [row for record in runs for row in step_rows(record.run)]),
        (
            schema.executions,
            [
                {**execution_row(execution, digest), "indexed": True}
                for digest, execution in executions.items()
            ],
        ),
        (schema.labels, label_rows(changes)),
    ):
        if rows:
            connection.execute(table.insert(), rows)


def _index(connection: Connection, executions: Mapping[str, Execution], objects: Objects) -> None:
    from sqlalchemy import select

    from jupyter_mlops.store import schema

    named = select(schema.executions.c.execution, schema.executions.c.serial)
    serials = {row.execution: row.serial for row in connection.execute(named)}
    insert_uses(
        connection,
        ((serials[e.execution], e, read_pictures(e, objects)) for e in executions.values()),
    )


def _new_file(path: Path, fill: Callable[[Connection], None]) -> str | None:
    def create(connection: Connection) -> None:
        create_tables(connection)
        fill(connection)

    kept = replace_sqlite(path, create)
    return None if kept is None else str(kept)


def _new_rows(url: str, fill: Callable[[Connection], None]) -> str | None:
    """Replace all rows in one transaction; copies of the tables keep what they held."""
    from sqlalchemy import inspect, text

    from jupyter_mlops.store import schema

    tables = (
        schema.removals,
        schema.labels,
        schema.uses,
        schema.executions,
        schema.steps,
        schema.runs,
    )
    engine = connect(url)
    try:
        with writing(engine) as connection:
            names = ", ".join(table.name for table in tables)
            connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
            number = 1
            while inspect(connection).has_table(f"runs_before_{number}"):
                number += 1
            for table in tables:
                copy = f"{table.name}_before_{number}"
                connection.execute(text(f"CREATE TABLE {copy} AS TABLE {table.name}"))
                connection.execute(table.delete())
            fill(connection)
    finally:
        engine.dispose()
    return f"_before_{number}"
