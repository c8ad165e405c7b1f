"""The rows that the catalog keeps, and the runs that it reads from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.alert import Alert, Happening
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.run import Execution, Run, StepReport
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.model.token import Token

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select, Table

    from jupyter_mlops.store.records import AlertRecord, ScheduleRecord

_LAST_CHARACTER = chr(0x10FFFF)


def document(value: Run | StepReport | Schedule | Alert | Happening | Token) -> str:
    """A whole value as the text that a row keeps of it."""
    return canonical_json(to_json(value)).decode()


def run_row(run: Run, revision: int) -> dict[str, Any]:
    """The row of a run, of which ``revision`` records are among the objects."""
    return {
        "run": run.run,
        "notebook": run.notebook,
        "state": run.state,
        "document": document(replace(run, steps=())),
        "revision": revision,
        "sweep": run.sweep,
    }


def step_rows(run: Run) -> list[dict[str, Any]]:
    """The rows of a run's steps."""
    return [
        {"run": run.run, "position": position, **step_columns(report)}
        for position, report in enumerate(run.steps)
    ]


def step_columns(report: StepReport) -> dict[str, Any]:
    """What the row of a step says of it."""
    return {"document": document(report), "step": report.step, "execution": report.execution}


def execution_row(execution: Execution, digest: str) -> dict[str, Any]:
    """The row of an execution whose record is the object ``digest``."""
    return {
        "execution": execution.execution,
        "key": execution.key,
        "run": execution.run,
        "step": execution.step,
        "state": execution.result.state,
        "started": execution.result.started,
        "digest": digest,
    }


def schedule_row(record: ScheduleRecord) -> dict[str, Any]:
    """The row of a schedule of which nothing but its record is known."""
    trigger = record.schedule.trigger
    return {
        "name": record.schedule.name,
        "state": record.state,
        "due": None,
        "why": "",
        "document": document(record.schedule),
        "revision": record.revision,
        "waits": trigger.kind if trigger is not None else None,
        "source": trigger.source if trigger is not None else None,
    }


def alert_row(record: AlertRecord) -> dict[str, Any]:
    """The row of an alert of which nothing but its record is known."""
    return {
        "name": record.alert.name,
        "kind": record.alert.kind,
        "state": record.state,
        "why": "",
        "since": record.changed,
        "document": document(record.alert),
        "revision": record.revision,
    }


def token_row(token: Token) -> dict[str, Any]:
    """The row of a token that was never used."""
    return {"token": token.token, "document": document(token), "used": None}


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; one whose unique key is taken is left out."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    if rows:
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def newest_runs() -> Select[Any]:
    """The query for all runs, newest first."""
    from jupyter_mlops.store.schema import runs

    return runs.select().order_by(runs.c.serial.desc())


def runs_that_begin(connection: Connection, name: str) -> Select[Any]:
    """The query for all runs whose names begin so, the latest name first."""
    from jupyter_mlops.store.schema import runs

    query = runs.select().where(runs.c.run.startswith(name, autoescape=True))
    if connection.dialect.name == "sqlite":  # whose LIKE uses no index
        query = query.where(runs.c.run.between(name, name + _LAST_CHARACTER))
    return query.order_by(runs.c.run.desc())


def read_runs(connection: Connection, query: Select[Any]) -> list[Run]:
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


def execution_records(connection: Connection, run: str) -> tuple[str, ...]:
    """Digests of the records of a run's executions, in the order in which they ended."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import executions

    digests = select(executions.c.digest).where(executions.c.run == run)
    return tuple(connection.scalars(digests.order_by(executions.c.serial)))


def run_names(connection: Connection) -> list[str]:
    """The names of all runs, in the order in which they were recorded."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs

    return list(connection.scalars(select(runs.c.run).order_by(runs.c.serial)))
