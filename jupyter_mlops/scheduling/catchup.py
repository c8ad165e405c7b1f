"""What becomes of the moments that have come: run, left out, or missed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Literal

from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.scheduling.timing import ticks

GRACE = timedelta(seconds=60)
"""A tick that is seen later than this was missed."""

_NOT_MADE_UP = "no service ran, and missed ticks of this schedule are not made up for"
_STANDS = "no service ran; one run stands for all missed ticks"
_LATE = "no service ran; made up for later"
_BUSY = "the one before was not done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one moment."""

    due: datetime
    state: Literal["queued", "skipped", "missed", "failed"]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What becomes of a schedule's moments that have come.

    Attributes:
        decisions: in order.
        next: the moment that follows, which may have come, too; None if there is none.
    """

    decisions: tuple[Decision, ...]
    next: datetime | None


def decide(schedule: Schedule, due: datetime, now: datetime, *, busy: bool, limit: int) -> Turn:
    """What becomes of the moments from ``due`` to ``now``.

    Args:
        schedule: its rules hold.
        due: the first moment of which nothing is known yet.
        now: the present.
        busy: True if an earlier tick is not done.
        limit: at most so many moments; the others are left for another call.

    Raises:
        ScheduleError: the timing cannot be read.
    """
    moments = chain([due], ticks(schedule.timing, due))
    come: list[datetime] = []
    following = None
    for moment in islice(moments, limit + 1):
        if moment > now or len(come) == limit:
            following = moment
            break
        come.append(moment)
    is_all = following is None or following > now
    return Turn(decisions=judge(schedule, come, now, busy=busy, is_all=is_all), next=following)


def judge(
    schedule: Schedule, moments: Sequence[datetime], now: datetime, *, busy: bool, is_all: bool
) -> tuple[Decision, ...]:
    """What becomes of moments that have come, by the schedule's rules, in their order.

    Args:
        schedule: its rules hold.
        moments: in order of time.
        now: the present.
        busy: True if an earlier tick is not done.
        is_all: False if others have come after them.
    """
    late = [moment for moment in moments if now - moment > GRACE]
    on_time = moments[len(late) :]
    is_last = is_all and not on_time
    return (*_late(schedule, late, is_last), *_on_time(schedule, on_time, busy))


def ready_at(schedule: Schedule, due: datetime) -> datetime:
    """When the tick may begin: with its share of the jitter, which every service finds alike."""
    name = f"{schedule.name} {due.timestamp()}".encode()
    share = int.from_bytes(hashlib.sha256(name).digest()[:4]) / 2**32
    return due + timedelta(seconds=schedule.jitter * share)


def _late(schedule: Schedule, moments: list[datetime], is_last: bool) -> Iterator[Decision]:
    for position, moment in enumerate(moments, start=1):
        if schedule.missed == "all":
            yield Decision(due=moment, state="queued", why=_LATE)
        elif schedule.missed == "once" and is_last and position == len(moments):
            yield Decision(due=moment, state="queued", why=_STANDS)
        else:
            why = _STANDS if schedule.missed == "once" else _NOT_MADE_UP
            yield Decision(due=moment, state="missed", why=why)


def _on_time(schedule: Schedule, moments: Sequence[datetime], busy: bool) -> Iterator[Decision]:
    for moment in moments:
        if busy and schedule.overlap == "skip":
            yield Decision(due=moment, state="skipped", why=_BUSY)
        else:
            yield Decision(due=moment, state="queued")
            busy = True
