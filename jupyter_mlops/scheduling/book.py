"""The schedules on record: added, changed, looked up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ScheduleError, UnknownSchedule
from jupyter_mlops.model.identity import canonical_json, of_bytes
from jupyter_mlops.model.schedule import ACTIVE, Schedule, ScheduleReport, Tick, Timing
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.change import Change, record_change, row_of
from jupyter_mlops.scheduling.rows import read_schedule, read_tick
from jupyter_mlops.scheduling.triggers import (
    describe_schedule,
    files_there,
    first_tick,
    waiting_for,
)
from jupyter_mlops.store.rows import insert_new

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store


def add_schedule(store: Store, schedule: Schedule, now: datetime) -> ScheduleReport:
    """The new schedule as it stands; its first tick is the first one after ``now``.

    Raises:
        ScheduleError: another schedule has its name, its timing has no tick, or the place of the
            files that it waits for cannot be reached.
        StoreError: the catalog cannot be written.
    """
    due, there = first_tick(schedule, now), files_there(schedule)

    def change(row: Row[Any] | None) -> Change:
        if row is not None:
            raise ScheduleError(
                f"there is a schedule {schedule.name!r} already",
                fix=f"choose another --name, or `jupyter mlops schedule edit {schedule.name}`",
            )
        return Change(state="active", schedule=schedule, due=due, there=there)

    record_change(store, schedule.name, change, now)
    return find_schedule(store, schedule.name)


def change_schedule(store: Store, schedule: Schedule, now: datetime) -> ScheduleReport:
    """The schedule of that name after it became this one.

    A schedule that is paused stays paused; any other is active again, with its first tick after
    ``now``. Ticks that wait keep their place.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: its timing has no tick, or the place of its files cannot be reached.
        StoreError: the catalog cannot be written.
    """
    due, there = first_tick(schedule, now), files_there(schedule)

    def change(row: Row[Any] | None) -> Change:
        if _known(row, schedule.name).state == "paused":
            return Change(state="paused", schedule=schedule)
        return Change(state="active", schedule=schedule, due=due, there=there)

    record_change(store, schedule.name, change, now)
    return find_schedule(store, schedule.name)


def pause_schedule(store: Store, name: str, now: datetime) -> ScheduleReport:
    """The schedule after it was paused: it has no ticks until it is resumed.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: it cannot be read.
        StoreError: the catalog cannot be written.
    """

    def change(row: Row[Any] | None) -> Change | None:
        known = _known(row, name)
        if known.state != "active":
            return None
        return Change(state="paused", schedule=read_schedule(known.document))

    record_change(store, name, change, now)
    return find_schedule(store, name)


def resume_schedule(store: Store, name: str, now: datetime) -> ScheduleReport:
    """The schedule after it was resumed; what was due meanwhile does not count as missed.

    One that was set aside is looked at anew.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: it cannot be read, no tick of it is left, or the place of its files cannot
            be reached.
        StoreError: the catalog cannot be written.
    """
    seen = find_schedule(store, name).schedule
    there = files_there(seen) if seen is not None else {}

    def change(row: Row[Any] | None) -> Change | None:
        known = _known(row, name)
        if known.state == "active":
            return None
        schedule = read_schedule(known.document)
        if schedule != seen:
            raise ScheduleError(f"somebody has just changed {name}", fix="resume it again")
        due = first_tick(schedule, now)
        return Change(state="active", schedule=schedule, due=due, there=there)

    record_change(store, name, change, now)
    return find_schedule(store, name)


def remove_schedule(store: Store, name: str, now: datetime) -> None:
    """Take the schedule out of the list. Ticks that wait are cancelled; its history stays.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: another schedule waits for its runs.
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import landings, payloads, ticks

    if others := waiting_for(list_schedules(store), name):
        raise ScheduleError(
            f"schedule {others[0]} waits for runs of {name}",
            fix=f"remove {others[0]} first, or let it wait for something else: "
            f"`jupyter mlops schedule edit {others[0]} --after …`",
        )

    def change(row: Row[Any] | None) -> Change:
        try:
            schedule = read_schedule(_known(row, name).document)
        except UnknownSchedule:
            raise
        except ScheduleError:
            schedule = Schedule(name=name, notebook="", timing=Timing(kind="once"))
        return Change(state="removed", schedule=schedule)

    def clear(connection: Connection) -> None:
        waiting = (ticks.c.schedule == name) & (ticks.c.state == "queued")
        ended = {"state": "cancelled", "why": "the schedule was removed", "ended": iso(now)}
        connection.execute(ticks.update().where(waiting).values(ended))
        for table in (landings, payloads):
            connection.execute(table.delete().where(table.c.schedule == name))

    record_change(store, name, change, now)
    store.catalog.database.write(clear)


def find_schedule(store: Store, name: str) -> ScheduleReport:
    """The schedule as it stands.

    Raises:
        UnknownSchedule: there is none of that name.
        StoreError: the catalog cannot be read.
    """
    return store.catalog.database.read(
        lambda connection: _report(_row(connection, name), _last(connection, name))
    )


def known_schedule(store: Store, name: str) -> Schedule:
    """What was asked for of the schedule.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: it cannot be read.
        StoreError: the catalog cannot be read.
    """
    report = find_schedule(store, name)
    if report.schedule is None:
        raise ScheduleError(f"schedule {name}: {report.why}", fix="remove it and add it again")
    return report.schedule


def list_schedules(
    store: Store, *, notebook: str | None = None, after: str = "", limit: int | None = None
) -> list[ScheduleReport]:
    """The schedules as they stand, by name.

    Args:
        store: where they are on record.
        notebook: only those of the notebook at this absolute path.
        after: only those whose names come after this one.
        limit: at most so many; None for all.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from sqlalchemy import select

    from jupyter_mlops.store.schema import schedules, ticks

    wanted = (schedules.c.state != "removed") & (schedules.c.name > after)
    if notebook is not None:
        named = canonical_json({"notebook": notebook}).decode()[1:-1]
        wanted &= schedules.c.document.contains(named, autoescape=True)
    page = schedules.select().where(wanted).order_by(schedules.c.name).limit(limit)
    names = page.with_only_columns(schedules.c.name).subquery()
    of_each = ticks.alias()
    newest = (
        select(of_each.c.serial)
        .where(of_each.c.schedule == names.c.name)
        .order_by(of_each.c.due.desc())
        .limit(1)
        .scalar_subquery()
    )
    last_ticks = select(ticks).join_from(names, ticks, ticks.c.serial == newest)

    def work(connection: Connection) -> list[ScheduleReport]:
        last = {row.schedule: read_tick(row) for row in connection.execute(last_ticks)}
        return [_report(row, last.get(row.name)) for row in connection.execute(page)]

    return store.catalog.database.read(work)


def is_needed(store: Store) -> bool:
    """True if there is something for a service to do, now or later.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import alerts, schedules, ticks

    queries = (
        alerts.select().where(alerts.c.state == "active").limit(1),
        schedules.select().where(schedules.c.state == "active").limit(1),
        ticks.select().where(ticks.c.state.in_(ACTIVE)).limit(1),
    )
    return store.catalog.database.read(
        lambda connection: any(connection.execute(query).first() for query in queries)
    )


def history(store: Store, name: str, *, limit: int = 50) -> list[Tick]:
    """The ticks of a schedule, the latest first; also of one that was removed.

    Raises:
        UnknownSchedule: there is no schedule of that name and there was none.
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import ticks

    query = ticks.select().where(ticks.c.schedule == name).order_by(ticks.c.due.desc()).limit(limit)
    found = store.catalog.database.read(lambda c: [read_tick(row) for row in c.execute(query)])
    if not found:
        find_schedule(store, name)
    return found


def find_tick(store: Store, schedule: str, due: str) -> Tick:
    """The tick of a schedule at a moment, which is on record.

    Raises:
        StoreError: the catalog cannot be read.
    """
    from jupyter_mlops.store.schema import ticks

    query = ticks.select().where((ticks.c.schedule == schedule) & (ticks.c.due == due))
    return store.catalog.database.read(lambda c: read_tick(c.execute(query).one()))


def run_now(store: Store, name: str, now: datetime) -> Tick:
    """A tick of the schedule at ``now``, which waits for its turn like any other.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: it cannot be read.
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.scheduling.catchup import Decision
    from jupyter_mlops.scheduling.rows import tick_row
    from jupyter_mlops.store.schema import ticks

    def work(connection: Connection) -> str:
        schedule = replace(read_schedule(_row(connection, name).document), jitter=0)
        row = tick_row(schedule, Decision(due=now, state="queued", why="asked for"), now)
        told = {"change": "run-now", "notebook": schedule.notebook}
        store.ledger.append(action="schedule", subject=name, details=told)
        insert_new(connection, ticks, [row])
        return str(row["due"])

    return find_tick(store, name, store.catalog.database.write(work))


def _row(connection: Connection, name: str) -> Row[Any]:
    return _known(row_of(connection, name), name)


def _known(row: Row[Any] | None, name: str) -> Row[Any]:
    if row is None:
        raise UnknownSchedule(name)
    return row


def _last(connection: Connection, name: str) -> Tick | None:
    from jupyter_mlops.store.schema import ticks

    query = ticks.select().where(ticks.c.schedule == name).order_by(ticks.c.due.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else read_tick(row)


def _report(row: Row[Any], last: Tick | None) -> ScheduleReport:
    try:
        schedule = read_schedule(row.document)
        plain = describe_schedule(schedule)
    except ScheduleError as error:
        return ScheduleReport(
            schedule=None, name=row.name, state="invalid", why=error.message, last=last
        )
    return ScheduleReport(
        schedule=schedule,
        name=row.name,
        state=row.state,
        why=row.why,
        next=row.due,
        plain=plain,
        outdated=_is_outdated(schedule),
        last=last,
    )


def _is_outdated(schedule: Schedule) -> bool:
    if schedule.revision is None:
        return False
    try:
        return of_bytes(Path(schedule.notebook).read_bytes()) != schedule.revision
    except OSError:
        return True
