"""Files that have landed and settled become ticks, once for each content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.scheduling.events import Event, event_rows
from jupyter_mlops.scheduling.files import Marks, digests_of, list_files
from jupyter_mlops.scheduling.making import Fired, make_ticks, replaces
from jupyter_mlops.scheduling.rows import read_schedule, take_turn
from jupyter_mlops.scheduling.since import begin_to_watch, put_marks

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store

FILES_AT_ONCE = 50
"""So many are read at one look; the others with the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of one look at a place.

    Attributes:
        fired: the new ticks.
        problems: sentences about files that cannot be read.
        again: seconds until the next look; 0 if this one did not come to the end.
    """

    fired: Fired = Fired()
    problems: tuple[str, ...] = ()
    again: float = 60.0


def look_at_files(store: Store, name: str, now: datetime) -> Look:
    """What came of a look at the place of a schedule.

    A file is read once its size and time have stayed for the schedule's time, and counts if they
    are the same afterwards. The tick and the note that the file is done are one transaction: killed
    at any moment, the next look does what this one did not.

    Args:
        store: where the schedule is on record.
        name: of a schedule that waits for files.
        now: the present.

    Raises:
        PlaceError: its place cannot be reached.
        ScheduleError: the schedule cannot be read.
        StoreError: the catalog cannot be written.
    """
    database = store.catalog.database
    row = database.read(lambda connection: _row(connection, name))
    trigger = _trigger(row)
    if row is None or trigger is None:
        return Look()
    there = list_files(trigger.source)
    known = database.read(lambda connection: _known(connection, name))
    waiting = _waiting(known, there)
    settled = [path for path, since in waiting if _has_settled(since, trigger, now)]
    problems: list[str] = []
    digests: dict[str, str] = {}
    if settled:
        digests = digests_of(trigger.source, settled, problems.append, most=FILES_AT_ONCE)
        before, there = there, list_files(trigger.source)
        digests = {p: d for p, d in digests.items() if there.get(p) == before[p]}
    changed = bool(_changed(known, there))
    fired = Fired()
    if row.since is None or digests or changed:
        fired = database.write(lambda c: _note(c, row, there, digests, now))
    is_settling = changed or len(waiting) > len(settled)
    again = min(max(trigger.settle, 1.0), trigger.every) if is_settling else trigger.every
    if digests and len(settled) > FILES_AT_ONCE:
        again = 0.0
    return Look(fired=fired, problems=tuple(problems), again=again)


def _note(
    connection: Connection, row: Row[Any], there: Marks, digests: Mapping[str, str], now: datetime
) -> Fired:
    """Write what is there, and make ticks of what has settled."""
    from jupyter_mlops.store.schema import landings

    take_turn(connection)
    found = _row(connection, row.name)
    if found is None or found.document != row.document:
        return Fired()  # it waits for something else, or for nothing, from now on
    if found.since is None:
        begin_to_watch(connection, row.name, now, there)
        return Fired()
    known = _known(connection, row.name)
    changed = _changed(known, there)
    put_marks(connection, row.name, {path: there[path] for path in changed}, now, done=False)
    schedule = read_schedule(row.document)
    events: dict[str, Event] = {}
    for path, digest in sorted(digests.items()):
        events.setdefault(digest, _event(path, digest, now))
    rows = event_rows(connection, schedule, list(events.values()), now)
    made = make_ticks(connection, rows, rows[-1:] if replaces(schedule, rows) else [], now)
    mine = (landings.c.schedule == row.name) & landings.c.path.in_(list(digests))
    connection.execute(landings.update().where(mine).values(done=1))
    return Fired(ticks=made)


def _event(path: str, digest: str, now: datetime) -> Event:
    name = path.rpartition("/")[2]
    return Event(
        key=f"file {digest}",
        moment=now,
        cause=f"{path} landed",
        document={"path": path, "name": name, "digest": digest},
    )


def _row(connection: Connection, name: str) -> Row[Any] | None:
    from jupyter_mlops.store.schema import schedules

    mine = (schedules.c.name == name) & (schedules.c.state == "active")
    query = schedules.select().where(mine & (schedules.c.waits == "file"))
    return connection.execute(query).first()


def _trigger(row: Row[Any] | None) -> Trigger | None:
    return None if row is None else read_schedule(row.document).trigger


def _known(connection: Connection, name: str) -> dict[str, Row[Any]]:
    from jupyter_mlops.store.schema import landings

    query = landings.select().where(landings.c.schedule == name)
    return {row.path: row for row in connection.execute(query)}


def _changed(known: Mapping[str, Row[Any]], there: Marks) -> list[str]:
    """Files that are new or other than they were."""
    return [p for p, mark in there.items() if p not in known or known[p].mark != mark]


def _waiting(known: Mapping[str, Row[Any]], there: Marks) -> Sequence[tuple[str, str]]:
    """Files that stand as they stood at an earlier look and are not done, and since when."""
    same = (row for path, row in known.items() if there.get(path) == row.mark)
    return sorted((row.path, row.since) for row in same if not row.done)


def _has_settled(since: str, trigger: Trigger, now: datetime) -> bool:
    return now - datetime.fromisoformat(since) >= timedelta(seconds=trigger.settle)
