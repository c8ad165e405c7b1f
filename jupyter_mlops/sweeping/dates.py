"""The moments of a backfill, as the values of a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.scheduling.timing import cron_timing, read_duration, ticks

_MOST = 100_000
_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%dT%H:%M"


def moment_texts(
    first: str, last: str, *, every: str | None, cron: str | None, zone: str, form: str | None
) -> list[str]:
    """The moments from ``first`` to ``last``, both included, as text.

    Args:
        first: ``2026-01-01`` or ``2026-01-01T06:00``.
        last: likewise; a day counts to its end.
        every: the time between two of them; a day if ``cron`` is None, too.
        cron: in place of ``every``, as a schedule has it.
        zone: IANA name of the time zone in which ``cron`` and the texts are meant.
        form: how they are written (see ``strftime``); None: as days if no two are on one day, else
            to the minute.

    Raises:
        ScheduleError: something of it cannot be read, or there is no such moment.
    """
    begin, end = _read(first), _read(last)
    if len(last) == len("2026-01-01"):
        end += timedelta(days=1) - timedelta(microseconds=1)
    moments = list(
        _steps(begin, end, every or "1d") if cron is None else _ticks(begin, end, cron, zone)
    )
    if not moments:
        raise ScheduleError(
            f"nothing is due from {first} to {last}", fix="let --to be later than --from"
        )
    days = {moment.date() for moment in moments}
    form = form or (_DAY if len(days) == len(moments) else _MINUTE)
    texts = [moment.strftime(form) for moment in moments]
    if len(set(texts)) < len(texts):
        raise ScheduleError(
            f"two moments are both written as {next(t for t in texts if texts.count(t) > 1)}",
            fix=f"let --format have more in it, such as {_MINUTE}",
        )
    return texts


def _steps(begin: datetime, end: datetime, every: str) -> Iterator[datetime]:
    length, moment = timedelta(seconds=read_duration(every)), begin
    _check_number((end - begin) // length)
    while moment <= end:
        yield moment
        moment += length


def _ticks(begin: datetime, end: datetime, cron: str, zone: str) -> Iterator[datetime]:
    timing = cron_timing(cron, zone)
    from zoneinfo import ZoneInfo

    place = ZoneInfo(timing.zone)
    after = begin.replace(tzinfo=place).astimezone(UTC) - timedelta(microseconds=1)
    until = end.replace(tzinfo=place).astimezone(UTC)
    for number, moment in enumerate(takewhile(lambda t: t <= until, ticks(timing, after))):
        _check_number(number)
        yield moment.astimezone(place)


def _check_number(number: int) -> None:
    if number >= _MOST:
        raise ScheduleError(f"that is more than {_MOST} moments", fix="take a shorter time")


def _read(text: str) -> datetime:
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), datetime.min.time())
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise ScheduleError(
            f"{text!r} is neither a day nor a time without zone",
            fix="write it as 2026-01-01 or 2026-01-01T06:00",
        )
    return moment
