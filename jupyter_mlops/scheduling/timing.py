"""The moments at which a schedule is due."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.schedule import Timing
from jupyter_mlops.runner.naming import iso

_WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LONGEST = 100 * 366 * 86400


def cron_timing(expression: str, zone: str) -> Timing:
    """The timing of a cron expression in a time zone.

    Raises:
        ScheduleError: the expression or the zone cannot be read.
    """
    text = " ".join(expression.split())
    timing = Timing(kind="cron", cron=_WORDS.get(text.lower(), text), zone=zone)
    check_timing(timing, after=datetime(2000, 1, 1, tzinfo=UTC))
    return timing


def interval_timing(seconds: int, start: datetime) -> Timing:
    """The timing that is due every so many seconds, counted from ``start``."""
    return Timing(kind="interval", seconds=seconds, start=iso(start.replace(microsecond=0)))


def once_timing(text: str, zone: str, *, after: datetime) -> Timing:
    """The timing of one moment.

    Args:
        text: ISO 8601, such as ``2026-12-24T18:00``.
        zone: in which it is meant if it says none.
        after: it has to be later.

    Raises:
        ScheduleError: it cannot be read, does not exist in the zone, or is over.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ScheduleError(f"{text!r} is not a time", fix="write it as 2026-12-24T18:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
        if moment != moment.astimezone(UTC).astimezone(moment.tzinfo):
            raise ScheduleError(
                f"{text} does not exist in {zone}: clocks are put forward over it",
                fix="give another time, or one with its offset such as 2026-12-24T18:00+02:00",
            )
    timing = Timing(kind="once", zone=zone, start=iso(moment.astimezone(UTC)))
    check_timing(timing, after=after)
    return timing


def read_duration(text: str) -> int:
    """The seconds of ``90``, ``30s``, ``15m``, ``1h30m``, ``2d`` or ``1w``.

    Raises:
        ScheduleError: it is something else, or nothing.
    """
    parts = re.findall(r"(\d+)([smhdw]?)", text)
    seconds = sum(int(number) * _UNITS[unit or "s"] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text or not 0 < seconds <= _LONGEST:
        raise ScheduleError(f"{text!r} is not a duration", fix="write it as 15m, 1h30m or 2d")
    return seconds


def check_timing(timing: Timing, *, after: datetime) -> datetime:
    """The first moment later than ``after``.

    Raises:
        ScheduleError: the timing cannot be read, or there is none.
    """
    moment = next(ticks(timing, after), None)
    if moment is None:
        what = timing.cron or "the time"
        raise ScheduleError(f"{what} never comes", fix="look at `jupyter mlops schedule add -h`")
    return moment


def ticks(timing: Timing, after: datetime) -> Iterator[datetime]:
    """The moments later than ``after``, in order, in UTC.

    Cron follows Debian's: a time that clocks are put forward over comes as soon as it can, one that
    comes twice counts once; with ``*`` as minute or hour it counts as often as it comes.

    Raises:
        ScheduleError: the timing cannot be read.
    """
    if timing.kind == "event":
        return iter(())
    if timing.kind == "once":
        moment = datetime.fromisoformat(timing.start)
        return iter([moment] if moment > after else [])
    return _intervals(timing, after) if timing.kind == "interval" else _cron(timing, after)


def describe(timing: Timing) -> str:
    """The timing in plain language, such as ``At 03:15 (Europe/Helsinki)``."""
    if timing.kind == "event":
        return "when something happens"
    if timing.kind == "once":
        moment = datetime.fromisoformat(timing.start).astimezone(_zone(timing.zone))
        return f"once, at {moment:%Y-%m-%d %H:%M} ({timing.zone})"
    if timing.kind == "interval":
        return f"every {duration_text(timing.seconds)}"
    from cron_descriptor import FormatException, Options, get_description

    options = Options()
    options.use_24hour_time_format, options.locale_code = True, "en_US"
    try:
        text = get_description(timing.cron, options)
    except FormatException:  # it knows fewer forms than cron has
        text = timing.cron
    return f"{text} ({timing.zone})"


def duration_text(seconds: int) -> str:
    """The duration as `read_duration` reads it."""
    text = ""
    for unit, size in reversed(_UNITS.items()):
        number, seconds = divmod(seconds, size)
        text += f"{number}{unit}" if number else ""
    return text or "0s"


def _intervals(timing: Timing, after: datetime) -> Iterator[datetime]:
    start, length = datetime.fromisoformat(timing.start), timedelta(seconds=timing.seconds)
    if length <= timedelta(0):
        raise ScheduleError("an interval has no length", fix="write it as 15m, 1h30m or 2d")
    moment = start + max((after - start) // length + 1, 1) * length
    while True:
        yield moment
        moment += length


def _cron(timing: Timing, after: datetime) -> Iterator[datetime]:
    from cronsim import CronSim, CronSimError

    zone = _zone(timing.zone)
    if len(timing.cron.split()) != 5:
        raise ScheduleError(
            f"{timing.cron!r} has not five fields",
            fix="write minute, hour, day of month, month, day of week, such as '15 3 * * 1-5'",
        )
    try:
        moments = CronSim(timing.cron, after.astimezone(zone))
    except CronSimError as error:
        raise ScheduleError(
            f"{timing.cron!r} is not a cron expression: {str(error).lower()}",
            fix="write minute, hour, day of month, month, day of week, such as '15 3 * * 1-5'",
        ) from None
    return _rising(moments, after)


def _rising(moments: Iterator[datetime], after: datetime) -> Iterator[datetime]:
    """The moments in UTC, without those that an hour which comes twice would bring again."""
    for local in moments:
        moment = local.astimezone(UTC)
        if moment > after:
            after = moment
            yield moment


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ScheduleError(
            f"{name!r} is not a time zone", fix="give an IANA name such as Europe/Helsinki"
        ) from None
