"""Schedules, and what became of each of their ticks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.model.trigger import Trigger

TimingKind = Literal["cron", "interval", "once", "event"]
Missed = Literal["skip", "once", "all"]
Overlap = Literal["skip", "queue", "cancel", "allow"]
ScheduleState = Literal["active", "paused", "ended", "invalid"]
Wanted = Literal["active", "paused", "removed"]
"""What somebody wants a schedule to be."""
TickState = Literal[
    "queued",
    "starting",
    "running",
    "succeeded",
    "failed",
    "cancelled",
    "lost",
    "skipped",
    "missed",
]
ACTIVE: tuple[TickState, ...] = ("queued", "starting", "running")
"""States of a tick that something still has to become of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a schedule is due.

    Attributes:
        kind: ``cron``, ``interval`` or ``once``; ``event`` if a trigger says when.
        cron: five fields: minute, hour, day of the month, month, day of the week.
        zone: IANA name of the time zone in which ``cron`` is meant.
        seconds: the length of an interval.
        start: ISO 8601, UTC: the moment of ``once``; where intervals are counted from.
    """

    kind: TimingKind
    cron: str = ""
    zone: str = "UTC"
    seconds: int = 0
    start: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A pipeline with parameters that is run when its timing says. Field names don't change.

    Attributes:
        name: unique in a store.
        notebook: absolute path.
        timing: when it is due.
        trigger: what it waits for if its timing is ``event``.
        parameters: values by name; the notebook's defaults hold for others.
        engine: ``auto``, ``docker`` or ``local``.
        environment: as of a ``RunRequest``.
        revision: digest of the notebook that is run; None runs it as it is saved then.
        missed: what becomes of ticks at which no service ran: none is made up for, one run stands
            for all of them, or each is made up for.
        overlap: what becomes of a tick while the one before is not done: it is left out, waits,
            takes its place, or runs beside it.
        timeout: seconds after which a run is stopped, or None.
        retries: how often a run that failed or was lost is begun again.
        backoff: seconds before the first retry; each further one waits twice as long.
        jitter: the most seconds by which a tick begins later; the same for the same tick.
        priority: of ticks that wait, those with the highest begin first.
        user: who made it.
        created: ISO 8601, UTC.
        file: absolute path of the file that it was applied from; empty if it was made by hand.
    """

    name: str
    notebook: str
    timing: Timing
    trigger: Trigger | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: Literal["auto", "docker", "local"] = "auto"
    environment: str | None = None
    revision: str | None = None
    missed: Missed = "once"
    overlap: Overlap = "skip"
    timeout: float | None = None
    retries: int = 0
    backoff: float = 60.0
    jitter: float = 0.0
    priority: int = 0
    user: str = ""
    created: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One moment at which a schedule was due, and what became of it. Field names don't change.

    Attributes:
        schedule: its name.
        due: ISO 8601, UTC; a schedule has one tick at a moment.
        state: ``queued`` (waits for its turn or its retry), ``starting``, ``running``; in the end
            ``succeeded``, ``failed``, ``cancelled``, ``lost``, ``skipped`` (the one before was not
            done) or ``missed`` (no service ran, and it was not made up for).
        why: one sentence, or empty.
        attempt: number of the run that is under way or was the last, from 1.
        ready: ISO 8601, UTC: when it may begin: jitter and pauses before retries are in it.
        runs: names of its runs, oldest first.
        ended: ISO 8601, UTC, or None.
        cause: what happened, of a schedule with a trigger; one sentence.
        parameters: the values that it gave.
    """

    schedule: str
    due: str
    state: TickState
    why: str = ""
    attempt: int = 1
    ready: str = ""
    runs: tuple[str, ...] = ()
    ended: str | None = None
    cause: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleReport:
    """A schedule as it stands. Field names don't change.

    Attributes:
        schedule: what was asked for; None if what is on record of it cannot be read.
        name: of the schedule.
        state: ``active``; ``paused``; ``ended`` (no tick is left); ``invalid``: set aside.
        why: why it was set aside, or what keeps it from seeing files, or empty.
        next: ISO 8601, UTC: its next tick, or None.
        plain: its timing or trigger in plain language.
        outdated: True if it runs another version of the notebook than the one that is saved.
        last: its latest tick, or None.
    """

    schedule: Schedule | None
    name: str
    state: ScheduleState
    why: str = ""
    next: str | None = None
    plain: str = ""
    outdated: bool = False
    last: Tick | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """Whether a service runs what schedules are due. Field names don't change.

    Attributes:
        running: True if one serves the store, on whatever machine.
        since: ISO 8601, UTC: since when it does, or does not; None if none ever did.
        host: on which it runs, or empty.
        pid: of its process there, or None.
        stopped: True if the last one was told to end, False if it still runs or died.
    """

    running: bool
    since: str | None = None
    host: str = ""
    pid: int | None = None
    stopped: bool = False
