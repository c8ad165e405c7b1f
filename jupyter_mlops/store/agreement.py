"""Whether the catalog and the records among the objects say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.label import LabelChange
from jupyter_mlops.model.run import Run
from jupyter_mlops.store.connection import ANEW, database_problems, reading
from jupyter_mlops.store.labels import read_change
from jupyter_mlops.store.problem import Problem
from jupyter_mlops.store.records import Records
from jupyter_mlops.store.rows import execution_row, newest_runs, read_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection


REPAIR = "`jupyter mlops fsck --repair` records it again"


FINISH = "`jupyter mlops gc --yes` finishes it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that a catalog holds.

    Attributes:
        runs: newest first.
        revisions: of each run's newest record, by the run's name.
        rows: the row of each execution, by its name.
        removed: runs of which something is left still.
        labels: changes of labels, by their names.
        unrecorded: names of those that have no record yet.
    """

    runs: tuple[Run, ...] = ()
    revisions: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    labels: Mapping[str, LabelChange] = field(default_factory=dict)
    unrecorded: frozenset[str] = frozenset()


def read_contents(where: Path | str) -> Contents:
    """All that the catalog holds; it is not changed.

    Raises:
        StoreError: it is missing, damaged, or of another version.
    """
    from jupyter_mlops.store.database import open_database
    from jupyter_mlops.store.migrate import is_current

    engine = open_database(where)
    try:
        with database_problems(where):
            if not is_current(engine, where):
                raise StoreError(
                    "the catalog was written by an older version of this program",
                    fix="any other command brings it up to date",
                )
            with reading(engine) as connection:
                return _read(connection)
    finally:
        engine.dispose()


def disagreements(before: Contents, after: Contents, records: Records) -> Iterator[Problem]:
    """Where catalog and records differ.

    Left alone is what a driver is about to write, or died before it wrote: the end of a run that is
    recorded as running, and the index of an execution of a running or a lost run; and executions of
    a run that is nowhere, of which an import has died.

    Args:
        before: the catalog before the records were read.
        after: the catalog after that.
        records: what is on record.
    """
    for digest in records.unreadable:
        yield Problem(kind="unreadable record", what=digest, fix="look at what wrote it")
    for run in before.runs:
        if run.state == "running" or run.run in after.removed | records.removed:
            continue
        record = records.runs.get(run.run)
        if record is None:
            fix = "keep the catalog: nothing else holds this run"
            yield Problem(kind="run not on record", what=run.run, fix=fix)
        elif record.run != run:
            yield Problem(kind="run differs from its record", what=run.run, fix=ANEW)
    states = {run.run: run.state for run in after.runs}
    removed = before.removed | after.removed | records.removed
    for name in sorted(removed):
        yield Problem(kind="unfinished removal", what=name, fix=FINISH)
    known = (states.keys() | records.runs.keys()) - removed
    for name in records.runs.keys() - states.keys() - removed:
        yield Problem(kind="run not in the catalog", what=name, fix=ANEW)
    for digest, execution in records.executions.items():
        row, name = after.rows.get(execution.execution), execution.execution
        if row is None:
            if execution.run in known and states.get(execution.run) not in ("running", "lost"):
                yield Problem(kind="execution not in the catalog", what=name, fix=ANEW)
        elif row != execution_row(execution, digest):
            yield Problem(kind="execution differs from its record", what=name, fix=ANEW)
    recorded = {change.change: change for change in records.labels.values()}
    for name, change in before.labels.items():
        if name not in recorded and name in before.unrecorded:
            continue
        if name not in recorded:
            yield Problem(kind="label not on record", what=change.label, fix=REPAIR)
        elif recorded[name] != change:
            yield Problem(kind="label differs from its record", what=change.label, fix=ANEW)
    for name in recorded.keys() - after.labels.keys():
        what = recorded[name].label
        yield Problem(kind="label not in the catalog", what=what, fix=ANEW)


def _read(connection: Connection) -> Contents:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import executions, labels, removals, runs

    columns = [column for column in executions.c if column.name not in ("serial", "indexed")]
    rows = connection.execute(executions.select().with_only_columns(*columns)).mappings()
    changes = connection.execute(labels.select().order_by(labels.c.serial)).all()
    return Contents(
        runs=tuple(read_runs(connection, newest_runs())),
        revisions={
            row.run: row.revision for row in connection.execute(select(runs.c.run, runs.c.revision))
        },
        rows={row["execution"]: dict(row) for row in rows},
        removed=frozenset(connection.scalars(select(removals.c.run))),
        labels={row.change: read_change(row.document) for row in changes},
        unrecorded=frozenset(row.change for row in changes if not row.recorded),
    )
