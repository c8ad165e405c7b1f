"""What is posted to a schedule becomes a tick, exactly once; the last payload can be replayed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import MlopsError, ScheduleError
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.schedule import Schedule, Tick
from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.runner.secret_values import find_secret
from jupyter_mlops.scheduling.book import find_schedule
from jupyter_mlops.scheduling.events import Event, event_rows, mapped
from jupyter_mlops.scheduling.making import make_ticks, replaces
from jupyter_mlops.scheduling.rows import read_schedule, read_tick, take_turn
from jupyter_mlops.scheduling.signatures import FORMS, Delivery, Posted, Refused
from jupyter_mlops.standards.webhooks import key_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from jupyter_mlops.store import Store

LEAST_SECRET = 16
"""Characters that a secret has at least."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a delivery. Field names don't change.

    Attributes:
        tick: that it made, or had made before; None if it was ignored.
        new: True if it made the tick.
        why: why it was ignored, or empty.
    """

    tick: Tick | None
    new: bool = False
    why: str = ""


def receive(store: Store, name: str, delivery: Delivery, now: datetime) -> Received:
    """What became of a delivery to the schedule of that name; it is on record before this returns.

    One that lacks what is mapped is a tick that failed.

    Raises:
        Refused: it is not taken.
        StoreError: the catalog cannot be used.
    """
    row = store.catalog.database.read(lambda connection: _row(connection, name))
    if row is None:
        raise Refused(404, f"nothing is to be posted to {name!r}")
    trigger = _trigger(row)
    try:
        secret = hook_secret(store, trigger.secret)
    except MlopsError as error:
        raise Refused(503, error.message, fix=error.fix) from None
    posted = FORMS[trigger.source](delivery, secret, now)
    if posted.ignored:
        return Received(tick=None, why=posted.ignored)
    return store.catalog.database.write(lambda c: _take(c, name, posted, now))


def replay(store: Store, name: str, now: datetime) -> Tick:
    """A tick of the last payload that was posted to a schedule, once more.

    Raises:
        UnknownSchedule: there is none of that name.
        ScheduleError: nothing was posted to it, or the payload lacks what is mapped.
        StoreError: the catalog cannot be written.
    """
    schedule = find_schedule(store, name).schedule
    payload = store.catalog.database.read(lambda connection: _payload(connection, name))
    if schedule is None or schedule.trigger is None or payload is None:
        raise ScheduleError(f"nothing was posted to {name} that could be replayed")
    event = Event(
        key=f"replay {secrets.token_hex(8)}",
        moment=now,
        cause=f"replayed: {payload.cause}",
        document=json.loads(payload.document),
    )
    mapped(schedule, event.document)

    def work(connection: Connection) -> Tick:
        take_turn(connection)
        return _make(connection, schedule, event, now)

    return store.catalog.database.write(work)


def hook_secret(store: Store, name: str) -> str:
    """The secret of that name, as the installation has it now.

    Raises:
        ScheduleError: there is none, or it can be guessed.
        WebhookSecretError: nothing can be signed with it.
        MlopsError: the file of secrets cannot be read.
    """
    usual = Installation(store=str(store.root)).settings().secrets_file
    value = find_secret(name, usual=usual)
    if not value:
        raise ScheduleError(
            f"nobody gives the value of the secret {name}",
            fix=f"set {name} in the environment of the service, or put {name}=… into its "
            "secrets_file",
        )
    key_of(value)
    if len(value) < LEAST_SECRET:
        raise ScheduleError(
            f"the secret {name} can be guessed: it has {len(value)} characters",
            fix=f"take {LEAST_SECRET} or more, such as `openssl rand -hex 32` prints",
        )
    return value


def _take(connection: Connection, name: str, posted: Posted, now: datetime) -> Received:
    take_turn(connection)
    row = _row(connection, name)
    if row is None or row.state != "active":
        state = "gone" if row is None else row.state
        raise Refused(
            409, f"schedule {name} is {state}", fix=f"`jupyter mlops schedule show {name}`"
        )
    known = _tick(connection, name, posted.key)
    if known is not None:
        return Received(tick=known)
    schedule = read_schedule(row.document)
    _limit(connection, schedule, now)
    event = Event(key=posted.key, moment=now, cause=posted.cause, document=posted.document)
    _keep(connection, name, event, now)
    return Received(tick=_make(connection, schedule, event, now), new=True)


def _make(connection: Connection, schedule: Schedule, event: Event, now: datetime) -> Tick:
    rows = event_rows(connection, schedule, [event], now)
    (made,) = make_ticks(connection, rows, rows if replaces(schedule, rows) else [], now)
    return made


def _limit(connection: Connection, schedule: Schedule, now: datetime) -> None:
    """Pass if the schedule has not had as many events in the last minute as it may."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import ticks

    rate = schedule.trigger.rate if schedule.trigger is not None else 0
    mine = (ticks.c.schedule == schedule.name) & ticks.c.event.is_not(None)
    mine &= ticks.c.due > iso(now - _MINUTE)
    newest = select(ticks.c.due).where(mine).order_by(ticks.c.due.desc()).limit(rate)
    recent = list(connection.scalars(newest))
    if len(recent) >= rate:
        free = datetime.fromisoformat(recent[-1]) + _MINUTE - now if recent else _MINUTE
        raise Refused(
            429,
            f"{schedule.name} takes no more than {rate} a minute",
            wait=max(1, int(free.total_seconds()) + 1),
        )


def _keep(connection: Connection, name: str, event: Event, now: datetime) -> None:
    """Put the payload in the place of the last one."""
    from jupyter_mlops.store.schema import payloads

    connection.execute(payloads.delete().where(payloads.c.schedule == name))
    values = {"schedule": name, "cause": event.cause, "document": json.dumps(event.document)}
    connection.execute(payloads.insert().values(**values, received=iso(now)))


def _row(connection: Connection, name: str) -> Row[Any] | None:
    from jupyter_mlops.store.schema import schedules

    mine = (schedules.c.name == name) & (schedules.c.waits == "webhook")
    there = schedules.c.state != "removed"
    return connection.execute(schedules.select().where(mine & there)).first()


def _payload(connection: Connection, name: str) -> Row[Any] | None:
    from jupyter_mlops.store.schema import payloads

    return connection.execute(payloads.select().where(payloads.c.schedule == name)).first()


def _tick(connection: Connection, name: str, key: str) -> Tick | None:
    from jupyter_mlops.store.schema import ticks

    mine = (ticks.c.schedule == name) & (ticks.c.event == key)
    row = connection.execute(ticks.select().where(mine)).first()
    return None if row is None else read_tick(row)


def _trigger(row: Row[Any]) -> Trigger:
    """The trigger of a row.

    Raises:
        Refused: the row cannot be read.
    """
    try:
        trigger = read_schedule(row.document).trigger
    except ScheduleError as error:
        raise Refused(503, f"schedule {row.name} cannot be read: {error.message}") from None
    if trigger is None or trigger.source not in FORMS:
        raise Refused(503, f"schedule {row.name} is damaged")
    return trigger
