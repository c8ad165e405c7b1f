"""Schedules as the panel lists and shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from jupyter_mlops.model.schedule import ScheduleReport, ServiceStatus, Tick, Timing
from jupyter_mlops.scheduling.timing import describe, ticks
from jupyter_mlops.server.contents import Contents

TIMES = 5
"""So many of the next ticks are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A schedule as it stands.

    Attributes:
        report: what was asked for, its state and its latest tick.
        path: its notebook relative to the contents root, or null if it lies elsewhere.
        times: its next ticks, ISO 8601 as clocks in its time zone show them then: one in a list,
            else five.
    """

    report: ScheduleReport
    path: str | None
    times: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Schedules by name.

    Attributes:
        schedules: at most as many as asked for.
        next: give it as ``after`` to get those that follow; null if there are none.
    """

    schedules: tuple[ScheduleView, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRemoved:
    """A schedule that is gone; its history stays.

    Attributes:
        removed: its name.
    """

    removed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleHistory:
    """What became of a schedule's ticks, the latest first.

    Attributes:
        ticks: at most as many as asked for.
    """

    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingPreview:
    """A timing that nothing has yet.

    Attributes:
        timing: as a schedule would keep it.
        plain: in plain language.
        times: its next ticks, ISO 8601 as clocks in its time zone show them then.
    """

    timing: Timing
    plain: str
    times: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """The service that runs what is due.

    Attributes:
        status: whether one runs, and since when.
        automatic: True if this server starts one when there are schedules and none runs.
    """

    status: ServiceStatus
    automatic: bool


def view(contents: Contents, report: ScheduleReport, moments: Iterable[datetime]) -> ScheduleView:
    """The schedule with these of its next ticks."""
    schedule = report.schedule
    return ScheduleView(
        report=report,
        path=contents.path_of(schedule.notebook) if schedule else None,
        times=_local(schedule.timing, moments) if schedule else (),
    )


def listed(contents: Contents, report: ScheduleReport) -> ScheduleView:
    """The schedule in a list."""
    return view(contents, report, [datetime.fromisoformat(report.next)] if report.next else [])


def shown(contents: Contents, report: ScheduleReport, now: datetime) -> ScheduleView:
    """The schedule by itself."""
    schedule = report.schedule if report.state == "active" else None
    return view(contents, report, islice(ticks(schedule.timing, now), TIMES) if schedule else [])


def previewed(timing: Timing, now: datetime, number: int) -> TimingPreview:
    """What a schedule with the timing would do from now on."""
    return TimingPreview(
        timing=timing,
        plain=describe(timing),
        times=_local(timing, islice(ticks(timing, now), number)),
    )


def _local(timing: Timing, moments: Iterable[datetime]) -> tuple[str, ...]:
    zone = ZoneInfo(timing.zone)
    return tuple(moment.astimezone(zone).isoformat(timespec="seconds") for moment in moments)
