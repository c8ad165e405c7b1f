"""Runs that succeeded and aliases that moved become ticks of the schedules that wait for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.scheduling.catchup import GRACE
from jupyter_mlops.scheduling.events import Event, event_rows
from jupyter_mlops.scheduling.making import Fired, aside, change_schedules, make_ticks, replaces
from jupyter_mlops.scheduling.rows import read_schedule, take_turn
from jupyter_mlops.scheduling.since import begin_to_watch, floor_of, move_on
from jupyter_mlops.store.labels import read_change

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

    from jupyter_mlops.store import Store

EVENTS_AT_ONCE = 500
"""So many of each kind in one transaction; the others come with the next."""


def fire_upstream(store: Store, now: datetime) -> Fired:
    """What came to be of runs that succeeded and aliases that moved; call it until nothing does.

    Each is a tick of each schedule that waits for it, exactly once: the tick holds its name. Killed
    at any moment, all or nothing was done.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from jupyter_mlops.store.schema import schedules

    unknown = schedules.select().where(_waiting("schedule", "notebook", "alias"))
    unknown = unknown.where(schedules.c.since.is_(None))

    def is_new(connection: Connection) -> bool:
        if connection.execute(unknown.limit(1)).first() is not None:
            return True
        return next(_events(connection), None) is not None

    def work(connection: Connection) -> Fired:
        take_turn(connection)
        for row in connection.execute(unknown).all():
            begin_to_watch(connection, row.name, now)
        names = {name for name, _ in _events(connection)}
        found = connection.execute(schedules.select().where(schedules.c.name.in_(names))).all()
        # Looked up before the events are: what ends in between is still found then.
        floors = {row.name: floor_of(connection, row) for row in found}
        events = list(_events(connection))
        new, replacing, set_aside = [], [], []
        for row in found:
            mine = [event for name, event in events if name == row.name]
            try:
                schedule = read_schedule(row.document)
                rows = event_rows(connection, schedule, mine, now)
            except SQLAlchemyError:
                raise
            except Exception as error:  # whatever the row holds: the others go on
                change_schedules(connection, [{"b_name": row.name, **aside(error)}])
                set_aside.append((row.name, str(error)))
                continue
            new += rows
            if replaces(schedule, rows):
                replacing.append(rows[-1])
            if len(events) < EVENTS_AT_ONCE:
                move_on(connection, row, floors[row.name])
        made = make_ticks(connection, new, replacing, now)
        return Fired(ticks=made, set_aside=tuple(set_aside))

    _settle_labels(store, now)
    if not store.catalog.database.read(is_new):
        return Fired()
    return store.catalog.database.write(work)


def _events(connection: Connection) -> Iterator[tuple[str, Event]]:
    """What happened and has no tick yet, each with the name of a schedule that waits for it."""
    for row in connection.execute(_runs(connection.dialect.name == "sqlite")):
        document = {"run": row.run, "notebook": row.notebook, "ended": row.ended}
        yield row.name, _run_event(f"run {row.run}", row.notebook, document)
    for row in connection.execute(_ticks()):
        run = json.loads(row.runs)[-1]
        document = {"run": run, "schedule": row.source, "ended": row.ended}
        yield row.name, _run_event(row.key, f"schedule {row.source}", document)
    for row in connection.execute(_moves()):
        change = read_change(row.document)
        target = change.target
        known = {"run": target.run, "digest": target.digest} if target is not None else {}
        document = {"alias": change.name, "target": target.text if target is not None else None}
        yield (
            row.name,
            Event(
                key=f"move {change.change}",
                moment=datetime.fromisoformat(change.time),
                cause=f"alias {change.name} moved to {document['target']}",
                document=document | {name: value for name, value in known.items() if value},
            ),
        )


def _run_event(key: str, whose: str, document: dict[str, str]) -> Event:
    return Event(
        key=key,
        moment=datetime.fromisoformat(document["ended"]),
        cause=f"run {document['run']} of {whose} succeeded",
        document=document,
    )


def _runs(is_sqlite: bool) -> Select[Any]:
    """Runs of notebooks that succeeded, by the schedules that wait for them."""
    from sqlalchemy import JSON, cast, func, literal, select

    from jupyter_mlops.store.schema import runs, schedules

    def field(name: str) -> ColumnElement[Any]:
        whole: Any = cast(runs.c.document, JSON)
        found: ColumnElement[Any] = (
            func.json_extract(runs.c.document, f"$.{name}")
            if is_sqlite
            else whole[name].as_string()
        )
        return found

    # Not by the index of states: of all runs that ever succeeded only the newest matter.
    came = (runs.c.notebook == schedules.c.source) & (runs.c.serial > schedules.c.cursor)
    counts = (field("ended") > schedules.c.since) & field("imported").is_(None)
    return (
        select(schedules.c.name, runs.c.run, runs.c.notebook, field("ended").label("ended"))
        .join_from(schedules, runs, came & (func.lower(runs.c.state) == "succeeded"))
        .where(_waiting("notebook") & counts & ~_has_tick(literal("run ") + runs.c.run))
        .limit(EVENTS_AT_ONCE)
    )


def _ticks() -> Select[Any]:
    """Runs of schedules that succeeded, by the schedules that wait for them."""
    from sqlalchemy import literal, select

    from jupyter_mlops.store.schema import schedules, ticks

    before = ticks.alias("before")
    came = (before.c.schedule == schedules.c.source) & (before.c.serial > schedules.c.cursor)
    counts = (before.c.state == "succeeded") & (before.c.ended > schedules.c.since)
    key = literal("tick ") + before.c.schedule + " " + before.c.due
    return (
        select(
            schedules.c.name,
            schedules.c.source,
            before.c.runs,
            before.c.ended,
            key.label("key"),
        )
        .join_from(schedules, before, came & counts)
        .where(_waiting("schedule") & ~_has_tick(key))
        .limit(EVENTS_AT_ONCE)
    )


def _moves() -> Select[Any]:
    """Moves of aliases, by the schedules that wait for them."""
    from sqlalchemy import literal, select

    from jupyter_mlops.store.schema import labels, schedules

    came = (labels.c.name == schedules.c.source) & (labels.c.serial > schedules.c.cursor)
    counts = (labels.c.kind == "alias") & (labels.c.removed == 0) & (labels.c.recorded == 1)
    return (
        select(schedules.c.name, labels.c.document)
        .join_from(schedules, labels, came & counts)
        .where(_waiting("alias") & ~_has_tick(literal("move ") + labels.c.change))
        .limit(EVENTS_AT_ONCE)
    )


def _waiting(*kinds: str) -> ColumnElement[bool]:
    from jupyter_mlops.store.schema import schedules

    return (schedules.c.state == "active") & schedules.c.waits.in_(kinds)


def _has_tick(key: ColumnElement[str]) -> ColumnElement[bool]:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import schedules, ticks

    made = (ticks.c.schedule == schedules.c.name) & (ticks.c.event == key)
    return select(ticks.c.serial).where(made).exists()


def _settle_labels(store: Store, now: datetime) -> None:
    """Put on record what a killed writer left: an alias that holds has moved."""
    from jupyter_mlops.store.schema import labels, schedules

    mine = (labels.c.kind == "alias") & (labels.c.recorded == 0)
    query = (
        labels.select()
        .join(schedules, (labels.c.name == schedules.c.source) & _waiting("alias"))
        .where(mine)
        .limit(1)
    )
    row = store.catalog.database.read(lambda connection: connection.execute(query).first())
    if row is not None and now - datetime.fromisoformat(read_change(row.document).time) > GRACE:
        store.catalog.labels.settle()
