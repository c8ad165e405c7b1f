"""Ticks and runs that have ended and were not yet held against the alerts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mlops.alerts.findings import Ended
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.run import Run
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.store.rows import newest_runs, read_runs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Table

AT_ONCE = 100
"""At most so many of each are looked at in one transaction; the others come with the next."""

_BEFORE = 30
"""So many earlier runs of a notebook are looked at, to know how long its steps take."""

_TELLING = ("succeeded", "failed", "lost", "missed")
_NOTHING = ("cancelled", "skipped")
"""Ends that say nothing of whether a pipeline is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A row that was not held against the alerts.

    Attributes:
        table: ``ticks``, or ``runs`` for one that no schedule made.
        serial: of the row.
        ended: what it says; None if that is nothing, or cannot be read.
        problem: why it cannot be read, or empty.
    """

    table: Literal["runs", "ticks"]
    serial: int
    ended: Ended | None = None
    problem: str = ""


def is_untold(table: Table) -> ColumnElement[bool]:
    """Holds for runs or ticks that have ended and are not told."""
    return table.c.told.is_(False) & table.c.state.in_((*_TELLING, *_NOTHING))


def read_untold(connection: Connection, *, with_earlier: bool) -> list[Untold]:
    """Ticks and runs that have ended and are not told, in the order in which they came to be.

    Args:
        connection: reads the catalog.
        with_earlier: True to read what ran before them, too.

    One that cannot be read stops no other.
    """
    from jupyter_mlops.store.schema import runs, schedules, ticks

    joined = ticks.outerjoin(schedules, ticks.c.schedule == schedules.c.name)
    of_ticks = ticks.select().add_columns(schedules.c.document).select_from(joined)
    of_ticks, by_hand = of_ticks.where(is_untold(ticks)), runs.select().where(is_untold(runs))
    found = []
    for row in connection.execute(of_ticks.order_by(ticks.c.serial).limit(AT_ONCE)).all():
        found.append(_untold("ticks", row, lambda r: _of_tick(connection, r, with_earlier)))
    for row in connection.execute(by_hand.order_by(runs.c.serial).limit(AT_ONCE)).all():
        found.append(_untold("runs", row, lambda r: _of_run(connection, r, with_earlier)))
    return found


def _untold(
    table: Literal["runs", "ticks"], row: Row[Any], read: Callable[[Row[Any]], Ended | None]
) -> Untold:
    try:
        ended = None if row.state in _NOTHING else read(row)
    except (ValueError, TypeError, KeyError) as error:
        return Untold(table=table, serial=row.serial, problem=f"{table} {row.serial}: {error}")
    return Untold(table=table, serial=row.serial, ended=ended)


def _of_tick(connection: Connection, row: Row[Any], with_earlier: bool) -> Ended:
    from jupyter_mlops.store.schema import runs

    names = json.loads(row.runs)
    found = read_runs(connection, runs.select().where(runs.c.run.in_(names[-1:])))
    run = found[0] if found else None
    notebook = run.notebook if run is not None else ""
    if row.document is not None and not notebook:
        notebook = from_json(Schedule, json.loads(row.document)).notebook
    return Ended(
        state=row.state,
        notebook=notebook,
        ended=row.ended,
        schedule=row.schedule,
        due=row.due,
        why=row.why,
        run=run,
        before=_before(connection, run) if with_earlier and run is not None else (),
    )


def _of_run(connection: Connection, row: Row[Any], with_earlier: bool) -> Ended:
    from jupyter_mlops.store.schema import runs

    (run,) = read_runs(connection, runs.select().where(runs.c.serial == row.serial))
    return Ended(
        state=row.state,
        notebook=run.notebook,
        ended=run.ended or run.started,
        run=run,
        before=_before(connection, run) if with_earlier else (),
    )


def _before(connection: Connection, run: Run) -> list[Run]:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs

    here = select(runs.c.serial).where(runs.c.run == run.run).scalar_subquery()
    earlier = newest_runs().where((runs.c.notebook == run.notebook) & (runs.c.serial < here))
    return read_runs(connection, earlier.limit(_BEFORE))
