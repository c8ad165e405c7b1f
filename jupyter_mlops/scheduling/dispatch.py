"""Ticks that wait are claimed, and each is begun by exactly one driver."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_mlops.model.schedule import Tick
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.attempts import end_attempt
from jupyter_mlops.scheduling.rows import take_turn

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from jupyter_mlops.store import Store

LEASE = timedelta(seconds=30)
"""Who claimed a tick begins it, or says that it is still at it, within this time."""

MOST_STARTS = 3
"""So often a driver may die before it begins a run."""

_WAITING = {"state": "queued", "claim": "", "lease": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to begin one tick: of several holders the first to use it is the only one.

    Attributes:
        schedule, due: the tick.
        token: unique.
    """

    schedule: str
    due: str
    token: str


def claim(store: Store, now: datetime, *, host: str, slots: int) -> list[Claim]:
    """Ticks that may begin now on this host, those with the highest priority first.

    Args:
        store: where they are on record.
        now: the present.
        host: whose running ticks count.
        slots: the most that run on it at once.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import ticks

    under_way = ticks.c.state.in_(("starting", "running"))
    other = ticks.alias()
    is_before = other.c.state.in_(("starting", "running")) | (
        (other.c.state == "queued") & (other.c.serial < ticks.c.serial)
    )
    waits = select(other.c.serial).where((other.c.schedule == ticks.c.schedule) & is_before)
    may_begin = (ticks.c.overlap == "allow") | ~waits.exists()
    is_ready = (ticks.c.state == "queued") & (ticks.c.ready <= iso(now))
    order = (ticks.c.priority.desc(), ticks.c.ready, ticks.c.serial)

    def work(connection: Connection) -> list[Claim]:
        take_turn(connection)
        taken = select(func.count()).where((ticks.c.host == host) & under_way)
        free = slots - (connection.scalar(taken) or 0)
        if free <= 0:
            return []
        chosen = connection.execute(
            ticks.select().where(is_ready & may_begin).order_by(*order).limit(free)
        ).all()
        claims = [
            Claim(schedule=row.schedule, due=row.due, token=secrets.token_hex(8)) for row in chosen
        ]
        for held in claims:
            mine = (ticks.c.schedule == held.schedule) & (ticks.c.due == held.due)
            connection.execute(
                ticks.update()
                .where(mine)
                .values(
                    state="starting",
                    claim=held.token,
                    host=host,
                    lease=iso(now + LEASE),
                    starts=ticks.c.starts + 1,
                )
            )
        return claims

    one = ticks.select().where(is_ready).limit(1)
    if store.catalog.database.read(lambda connection: connection.execute(one).first()) is None:
        return []
    return store.catalog.database.write(work)


def renew(store: Store, held: Claim, now: datetime) -> bool:
    """True if the claim still holds; it does so for another while then.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import ticks

    change = ticks.update().where(_held(held)).values(lease=iso(now + LEASE))
    return store.catalog.database.write(lambda c: c.execute(change).rowcount == 1)


def begin(store: Store, held: Claim, run: str, now: datetime, timeout: float | None) -> bool:
    """True if the run, which is on record, is the tick's from now on; False if it must not go on.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import runs, ticks

    deadline = None if timeout is None else iso(now + timedelta(seconds=timeout))

    def work(connection: Connection) -> bool:
        row = connection.execute(ticks.select().where(_held(held))).first()
        if row is None:  # it may be a second call, after the answer to the first was lost
            mine = (ticks.c.claim == held.token) & (ticks.c.run == run)
            return connection.execute(ticks.select().where(mine)).first() is not None
        names = json.dumps([*json.loads(row.runs), run])
        values = {"state": "running", "run": run, "runs": names, "deadline": deadline, "starts": 0}
        # The tick's end tells of the run's.
        connection.execute(runs.update().where(runs.c.run == run).values(told=True))
        return connection.execute(ticks.update().where(_held(held)).values(values)).rowcount == 1

    return store.catalog.database.write(work)


def refuse(store: Store, held: Claim, why: str, now: datetime, *, retry: bool) -> Tick | None:
    """The tick after no run of it could begin; None if one has, or if the claim holds no more.

    Args:
        store: where the tick is on record.
        held: the right to begin it.
        why: one sentence.
        now: the present.
        retry: False if trying again would be of no use.

    Raises:
        StoreError: the catalog cannot be written.
    """
    return end_attempt(store, _held(held), "failed", why, now, retry=retry)


def give_back(store: Store, held: Claim, why: str, now: datetime) -> bool:
    """True if a driver died before it began a run: another may begin it now, or none any more.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import ticks

    too_often = ticks.c.starts >= MOST_STARTS

    ended = {"state": "failed", "why": why, "ended": iso(now), "lease": None}
    changes = (
        ticks.update().where(_held(held) & too_often).values(ended),
        ticks.update().where(_held(held)).values({**_WAITING, "why": why}),
    )
    return store.catalog.database.write(
        lambda connection: any(connection.execute(change).rowcount for change in changes)
    )


def expire(store: Store, now: datetime) -> None:
    """Put ticks back of whose drivers nothing was heard within their lease.

    Raises:
        StoreError: the catalog cannot be written.
    """
    from jupyter_mlops.store.schema import ticks

    gone = (ticks.c.state == "starting") & (ticks.c.lease < iso(now))
    one, change = ticks.select().where(gone).limit(1), ticks.update().where(gone).values(_WAITING)
    database = store.catalog.database
    if database.read(lambda connection: connection.execute(one).first()) is not None:
        database.write(lambda connection: connection.execute(change))


def _held(held: Claim) -> ColumnElement[bool]:
    from jupyter_mlops.store.schema import ticks

    mine = (ticks.c.schedule == held.schedule) & (ticks.c.due == held.due)
    return mine & (ticks.c.state == "starting") & (ticks.c.claim == held.token)
