"""When schedules are due: a table of known moments, and years against a plain reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.schedule import Timing
from jupyter_mlops.scheduling.timing import (
    cron_timing,
    describe,
    duration_text,
    interval_timing,
    once_timing,
    read_duration,
    ticks,
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    name: str
    timing: Timing
    after: str
    moments: tuple[str, ...]


def helsinki(cron: str) -> Timing:
    return cron_timing(cron, "Europe/Helsinki")


CASES = [
    Case("in a zone", helsinki("15 3 * * 1-5"), "2026-11-27T12:00", ("2026-11-30T01:15",)),
    Case(
        "clocks are put forward over it: as soon as it can",
        helsinki("30 3 * * *"),
        "2026-03-28T12:00",
        ("2026-03-29T01:00", "2026-03-30T00:30"),
    ),
    Case(
        "it comes twice: once",
        helsinki("30 3 * * *"),
        "2026-10-24T12:00",
        ("2026-10-25T00:30", "2026-10-26T01:30"),
    ),
    Case(
        "asked within the hour that comes again: not a second time",
        helsinki("30 3 * * *"),
        "2026-10-25T01:10",
        ("2026-10-26T01:30",),
    ),
    Case(
        "every hour of a day with 25",
        helsinki("0 * * * *"),
        "2026-10-25T00:00",
        ("2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"),
    ),
    Case(
        "two that are put forward to one moment are one",
        helsinki("0,30 3 * * *"),
        "2026-03-28T12:00",
        ("2026-03-29T01:00", "2026-03-30T00:00", "2026-03-30T00:30"),
    ),
    Case(
        "29 February",
        cron_timing("0 0 29 2 *", "UTC"),
        "2026-01-01T00:00",
        ("2028-02-29T00:00", "2032-02-29T00:00"),
    ),
    Case("last day", cron_timing("0 0 L * *", "UTC"), "2028-02-01T00:00", ("2028-02-29T00:00",)),
    Case("word", cron_timing("@weekly", "UTC"), "2026-11-25T00:00", ("2026-11-29T00:00",)),
    Case(
        "an hour's interval over the change of clocks",
        interval_timing(3600, utc("2026-10-25T00:30")),
        "2026-10-25T00:30",
        ("2026-10-25T01:30", "2026-10-25T02:30"),
    ),
    Case(
        "an interval after a long time keeps its beat",
        interval_timing(7, utc("2026-01-01T00:00")),
        "2026-01-01T00:01",
        ("2026-01-01T00:01:03", "2026-01-01T00:01:10"),
    ),
    Case(
        "an interval before it starts",
        interval_timing(60, utc("2026-01-01T00:00")),
        "2025-06-01T00:00",
        ("2026-01-01T00:01",),
    ),
    Case(
        "once",
        once_timing("2026-12-24T18:00", "Europe/Helsinki", after=utc("2026-01-01T00:00")),
        "2026-01-01T00:00",
        ("2026-12-24T16:00",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_moments(case: Case) -> None:
    found = tuple(islice(ticks(case.timing, utc(case.after)), len(case.moments)))
    assert found == tuple(map(utc, case.moments))


@dataclass(frozen=True)
class Refusal:
    cron: str
    zone: str
    message: str


REFUSALS = [
    Refusal("15 3 * *", "UTC", "has not five fields"),
    Refusal("0 15 3 * * *", "UTC", "has not five fields"),
    Refusal("61 3 * * *", "UTC", "bad minute"),
    Refusal("15 3 * * fun", "UTC", "bad day-of-week"),
    Refusal("*/0 * * * *", "UTC", "bad minute"),
    Refusal("0 0 30 2 *", "UTC", "bad day-of-month"),
    Refusal("", "UTC", "has not five fields"),
    Refusal("15 3 * * *", "Europe/Nowhere", "is not a time zone"),
    Refusal("15 3 * * *", "Europe", "is not a time zone"),
    Refusal("15 3 * * *", "../../etc/passwd", "is not a time zone"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case.cron} {case.zone}")
def test_what_cannot_be_read_is_refused(case: Refusal) -> None:
    with pytest.raises(ScheduleError, match=f"{case.message}[\\s\\S]*fix: ") as caught:
        cron_timing(case.cron, case.zone)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tomorrow", "is not a time"),
        ("2025-01-01T00:00", "never comes"),
        ("2026-03-29T03:30", "does not exist in Europe/Helsinki"),
    ],
)
def test_a_moment_that_does_not_come_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScheduleError, match=message):
        once_timing(text, "Europe/Helsinki", after=utc("2026-01-01T00:00"))


@pytest.mark.parametrize("text", ["", "15", "x", "-5m", "0m", "1m30", "5 m", "9999w"])
def test_durations(text: str) -> None:
    if text in ("15", "1m30"):
        assert read_duration(text) == {"15": 15, "1m30": 90}[text]
        return
    with pytest.raises(ScheduleError, match="is not a duration"):
        read_duration(text)


@given(st.integers(1, 10**8))
def test_durations_are_read_as_they_are_written(seconds: int) -> None:
    assert read_duration(duration_text(seconds)) == seconds


def test_plain_language() -> None:
    moment = utc("2026-01-01T00:00")
    assert [
        describe(timing)
        for timing in (
            helsinki("15 3 * * 1-5"),
            interval_timing(5400, moment),
            once_timing("2026-12-24T18:00", "Europe/Helsinki", after=moment),
        )
    ] == [
        "At 03:15, Monday through Friday (Europe/Helsinki)",
        "every 1h30m",
        "once, at 2026-12-24 18:00 (Europe/Helsinki)",
    ]


ZONES = ["UTC", "Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
ZONES += ["America/St_Johns", "Pacific/Apia", "Africa/Casablanca"]


@dataclass(frozen=True)
class Cron:
    """A cron expression as the sets of numbers that it means."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...] | None
    days: tuple[int, ...] | None
    weekdays: tuple[int, ...] | None

    @property
    def text(self) -> str:
        fields = (self.minutes, self.hours, self.days, None, self.weekdays)
        return " ".join("*" if f is None else ",".join(map(str, f)) for f in fields)

    def is_on(self, local: datetime) -> bool:
        on_day = self.days is None or local.day in self.days
        on_weekday = self.weekdays is None or local.isoweekday() % 7 in self.weekdays
        either = self.days is not None and self.weekdays is not None
        if not (on_day or on_weekday if either else on_day and on_weekday):
            return False
        in_hour = self.hours is None or local.hour in self.hours
        return in_hour and local.minute in self.minutes


def reference(cron: Cron, zone: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute looked at: of the world where hours are ``*``, else of the clock on the wall."""
    minute, place = timedelta(minutes=1), ZoneInfo(zone)
    if cron.hours is None:
        moment = start
        while (moment := moment + minute) < end:
            if cron.is_on(moment.astimezone(place)):
                yield moment
        return
    last, wall = start, start.astimezone(place).replace(tzinfo=None)
    while True:
        wall += minute
        if not cron.is_on(wall):
            continue
        real = wall
        while (moment := real.replace(tzinfo=place).astimezone(UTC)).astimezone(place).replace(
            tzinfo=None
        ) != real:
            real += minute  # clocks are put forward over it
        if moment >= end:
            return
        if moment > last:
            last = moment
            yield moment


def some(numbers: range, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    chosen = st.sets(st.sampled_from(numbers), min_size=1, max_size=most)
    return chosen.map(lambda found: tuple(sorted(found)))


CRONS = st.builds(
    Cron,
    minutes=some(range(60), 3),
    hours=st.none() | some(range(5), 3),
    days=st.none() | some(range(1, 32), 20),
    weekdays=st.none() | some(range(7), 4),
)
TURNS = ["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03"]
TURNS += ["2028-02-27", "2011-12-28", "2026-02-14", "2026-12-30"]


@settings(max_examples=60, deadline=None)
@given(CRONS, st.sampled_from(ZONES), st.sampled_from(TURNS), st.integers(0, 47 * 60))
def test_the_same_as_a_plain_reference(cron: Cron, zone: str, day: str, minutes: int) -> None:
    """Around changes of clocks, leap days, and the day that Samoa left out."""
    start = utc(day) + timedelta(minutes=minutes)
    end = start + timedelta(days=3)
    found = takewhile(lambda m: m < end, ticks(cron_timing(cron.text, zone), start))
    assert list(found) == list(reference(cron, zone, start, end))


@settings(max_examples=20, deadline=None)
@given(CRONS, st.sampled_from(ZONES))
def test_whoever_asks_from_tick_to_tick_finds_the_same(cron: Cron, zone: str) -> None:
    timing, moment = cron_timing(cron.text, zone), utc("2026-03-01T00:00")
    for expected in islice(ticks(timing, moment), 100):
        moment = next(ticks(timing, moment))
        assert moment == expected
