"""An attempt that has ended: its tick is tried again, or has ended, too."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import UnknownSchedule
from jupyter_mlops.model.schedule import Schedule, Tick, TickState
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.book import find_schedule
from jupyter_mlops.scheduling.rows import read_tick

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from jupyter_mlops.store import Store

_RETRIED = ("failed", "lost")
_LONGEST_PAUSE = timedelta(days=1)
_FREE = {"run": None, "claim": "", "starts": 0, "lease": None, "deadline": None, "ending": ""}


def end_attempt(
    store: Store,
    which: ColumnElement[bool],
    state: TickState,
    why: str,
    now: datetime,
    *,
    retry: bool = True,
) -> Tick | None:
    """The tick as it stands after its attempt ended so; None if no tick is ``which`` any more.

    Args:
        store: where it is on record.
        which: holds for one tick, and for none once this was done.
        state: what became of the attempt.
        why: one sentence.
        now: the present.
        retry: False if it would be of no use.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import ticks

    query = ticks.select().where(which)
    database = store.catalog.database
    row = database.read(lambda connection: connection.execute(query).first())
    if row is None:
        return None
    schedule = _schedule(store, row.schedule) if retry and state in _RETRIED else None
    values: dict[str, Any] = {"state": state, "why": why, "ended": iso(now)}
    if schedule is not None and row.attempt <= schedule.retries:
        pause = timedelta(seconds=schedule.backoff) * 2 ** min(row.attempt - 1, 20)
        values = {
            "state": "queued",
            "why": f"attempt {row.attempt} {state}: {why}",
            "attempt": row.attempt + 1,
            "ready": iso(now + min(pause, _LONGEST_PAUSE)),
        }
    change = ticks.update().where(which).values({**_FREE, **values})
    found = ticks.select().where(ticks.c.serial == row.serial)

    def work(connection: Connection) -> Tick | None:
        if not connection.execute(change).rowcount:
            return None  # another service was quicker
        return read_tick(connection.execute(found).one())

    return database.write(work)


def _schedule(store: Store, name: str) -> Schedule | None:
    """The schedule of that name, if it is there and can be read."""
    with suppress(UnknownSchedule):
        return find_schedule(store, name).schedule
    return None
