"""Ticks on both databases: fired, claimed, begun, ended, each once and by the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from catalog_samples import run_named
from planned import at, begun, claimed, end, minutes, schedule_named, told

from jupyter_mlops.errors import ScheduleError, UnknownSchedule
from jupyter_mlops.model.schedule import Overlap, ScheduleReport
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    find_schedule,
    history,
    list_schedules,
    pause_schedule,
    remove_schedule,
    resume_schedule,
    run_now,
)
from jupyter_mlops.scheduling.conclude import stop_runs
from jupyter_mlops.scheduling.dispatch import LEASE, MOST_STARTS, begin, expire, give_back, refuse
from jupyter_mlops.scheduling.fire import fire, next_due
from jupyter_mlops.scheduling.timing import once_timing
from jupyter_mlops.store import Store


def broken(store: Store, name: str, document: str) -> None:
    """Put something else on record of a schedule."""
    from jupyter_mlops.store.schema import schedules

    change = schedules.update().where(schedules.c.name == name).values(document=document)
    store.catalog.database.write(lambda connection: connection.execute(change))


def test_a_schedule_is_on_record_as_it_was_asked_for(store: Store) -> None:
    asked = schedule_named("a", "*/5 * * * *", parameters={"lr": [0.1, None, "ü"]}, retries=2)
    expected = ScheduleReport(
        schedule=asked,
        name="a",
        state="active",
        next="2026-11-25T12:05:00.000+00:00",
        plain="Every 5 minutes (UTC)",
    )
    assert add_schedule(store, asked, at(0)) == expected
    store.close()
    assert list_schedules(store) == [find_schedule(store, "a")] == [expected]
    assert list_schedules(store, notebook="/books/b.ipynb") == []
    with pytest.raises(ScheduleError, match="there is a schedule 'a' already"):
        add_schedule(store, replace(asked, retries=3), at(0))
    assert find_schedule(store, "a") == expected


def test_unknown_schedules_are_named(store: Store) -> None:
    for ask in (
        lambda: find_schedule(store, "a"),
        lambda: history(store, "a"),
        lambda: change_schedule(store, schedule_named("a"), at(0)),
        lambda: pause_schedule(store, "a", at(0)),
        lambda: resume_schedule(store, "a", at(0)),
        lambda: remove_schedule(store, "a", at(0)),
        lambda: run_now(store, "a", at(0)),
    ):
        with pytest.raises(UnknownSchedule, match="no schedule is named 'a'"):
            ask()


def test_a_tick_is_fired_once(store: Store) -> None:
    add_schedule(store, schedule_named("a", overlap="allow"), at(0))
    assert not fire(store, at(0.9))
    assert [minutes(tick.due) for tick in fire(store, at(1.1)).ticks] == [1]
    assert not fire(store, at(1.1))
    assert not fire(store, at(-60))  # the clock was put back
    assert next_due(store) == "2026-11-25T12:02:00.000+00:00"
    assert [minutes(tick.due) for tick in fire(store, at(2)).ticks] == [2]
    assert told(store, "a") == [(1, "queued"), (2, "queued")]


def test_a_tick_that_is_on_record_is_not_fired_again(store: Store) -> None:
    schedule = schedule_named("a", overlap="queue")
    add_schedule(store, schedule, at(0))
    fire(store, at(1))
    change_schedule(store, schedule, at(0))  # as a clock that was put back would have it
    assert not fire(store, at(1)).ticks
    assert told(store, "a") == [(1, "queued")]


BAD_ROWS = {
    "no JSON": "{",
    "no schedule": '{"name": "bad"}',
    "a list": "[]",
    "no cron": '{"name":"bad","notebook":"/b","timing":{"kind":"cron","cron":"99 * * * *"}}',
    "no zone": '{"name":"b","notebook":"","timing":{"kind":"cron","cron":"1 1 * * *","zone":""}}',
    "no length": '{"name":"b","notebook":"","timing":{"kind":"interval","start":"2026-01-01"}}',
}


@pytest.mark.parametrize("document", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_row_that_went_bad_is_set_aside_and_stops_no_other(
    file_store: Store, document: str
) -> None:
    store = file_store
    for name in ("before", "bad", "later"):
        add_schedule(store, schedule_named(name), at(0))
    broken(store, "bad", document)
    fired = fire(store, at(1))
    assert [tick.schedule for tick in fired.ticks] == ["before", "later"]
    ((name, why),) = fired.set_aside
    assert (name, bool(why)) == ("bad", True)
    report = find_schedule(store, "bad")
    assert (report.state, report.next, bool(report.why)) == ("invalid", None, True)
    assert [one.state for one in list_schedules(store)] == ["invalid", "active", "active"]
    assert not fire(store, at(1))
    with pytest.raises(ScheduleError):
        resume_schedule(store, "bad", at(1))
    change_schedule(store, schedule_named("bad"), at(1))
    assert [tick.schedule for tick in fire(store, at(2)).ticks] == ["bad", "before", "later"]


def test_pause_and_resume(store: Store) -> None:
    add_schedule(store, schedule_named("a"), at(0))
    assert pause_schedule(store, "a", at(0)).state == "paused"
    assert change_schedule(store, schedule_named("a", retries=1), at(0)).state == "paused"
    assert not fire(store, at(10))
    assert resume_schedule(store, "a", at(10.5)).next == "2026-11-25T12:11:00.000+00:00"
    fire(store, at(11))
    assert told(store, "a") == [(11, "queued")]


def test_removed_and_its_history_stays(store: Store) -> None:
    add_schedule(store, schedule_named("a", retries=5), at(0))
    fire(store, at(1))
    (run,) = begun(store, at(1))
    fire(store, at(2))
    run_now(store, "a", at(2.5))
    remove_schedule(store, "a", at(3))
    assert list_schedules(store) == []
    assert told(store, "a") == [(1, "running"), (2, "skipped"), (2.5, "cancelled")]
    assert [tick.state for tick in end(store, run, "failed", at(3))] == ["failed"]


def test_once_has_ended_afterwards(store: Store) -> None:
    timing = once_timing("2026-11-25T12:01", "UTC", after=at(0))
    add_schedule(store, schedule_named("a", timing=timing), at(0))
    fire(store, at(1))
    report = find_schedule(store, "a")
    assert (report.state, report.next) == ("ended", None)
    assert told(store, "a") == [(1, "queued")]


def test_no_more_than_the_cap_and_the_highest_priority_first(store: Store) -> None:
    """Twelve jobs that are due at one moment begin two at a time."""
    for n in range(12):
        add_schedule(store, schedule_named(f"s{n:02d}", priority=n % 3), at(0))
    fire(store, at(1))
    order, going = [], begun(store, at(1), slots=2)
    while going:
        assert len(going) == 2
        assert claimed(store, at(1), slots=2) == []
        order += [run[:3] for run in going]
        for run in going:
            end(store, run, "succeeded", at(1))
        going = begun(store, at(1), slots=2)
    assert order == [f"s{n:02d}" for first in (2, 1, 0) for n in range(first, 12, 3)]


def test_the_cap_is_of_a_host(store: Store) -> None:
    for n in range(4):
        add_schedule(store, schedule_named(f"s{n}"), at(0))
    fire(store, at(1))
    assert [len(claimed(store, at(1), slots=1, host=host)) for host in ("a", "b", "a")] == [1, 1, 0]


@dataclass(frozen=True)
class OverlapCase:
    """A tick at minute 2 while that of minute 1 runs: before and after the first one's end."""

    overlap: Overlap
    meanwhile: str
    afterwards: str


OVERLAPS = [
    OverlapCase("skip", "running skipped", "succeeded skipped"),
    OverlapCase("queue", "running queued", "succeeded running"),
    OverlapCase("allow", "running running", "succeeded running"),
]


@pytest.mark.parametrize("case", OVERLAPS, ids=lambda case: case.overlap)
def test_overlap(store: Store, case: OverlapCase) -> None:
    add_schedule(store, schedule_named("a", overlap=case.overlap), at(0))

    def states() -> str:
        return " ".join(state for _, state in told(store, "a"))

    fire(store, at(1))
    (first,) = begun(store, at(1))
    fire(store, at(2))
    begun(store, at(2))
    assert states() == case.meanwhile
    end(store, first, "succeeded", at(2.5))
    begun(store, at(2.5))
    assert states() == case.afterwards


def test_a_newer_tick_takes_the_place_of_the_one_before(store: Store) -> None:
    add_schedule(store, schedule_named("a", overlap="cancel", retries=3), at(0))
    fire(store, at(1))
    (first,) = begun(store, at(1))
    fire(store, at(2))
    fire(store, at(3))  # nobody wants that of minute 2 any more
    assert begun(store, at(3)) == []
    stop_runs(store, at(3))
    assert store.catalog.find_run(first).state == "lost"  # it had no driver; a living one cancels
    end(store, first, "cancelled", at(3))
    assert [run.split("-2026")[0] for run in begun(store, at(3))] == ["a"]
    assert told(store, "a") == [(1, "cancelled"), (2, "cancelled"), (3, "running")]
    assert "newer tick" in history(store, "a")[-1].why


def test_retries_wait_twice_as_long_each_time(store: Store) -> None:
    add_schedule(store, schedule_named("a", "1 12 * * *", retries=2, backoff=60), at(0))
    fire(store, at(1))
    seen = []
    for now in (1, 2, 4):
        assert begun(store, at(now - 0.01)) == []
        (run,) = begun(store, at(now))
        (tick,) = end(store, run, "failed" if now < 4 else "lost", at(now))
        seen.append((tick.state, tick.attempt, minutes(tick.ready)))
    assert seen == [("queued", 2, 2), ("queued", 3, 4), ("lost", 3, 4)]
    (tick,) = history(store, "a")
    assert (len(tick.runs), tick.ended is not None) == (3, True)


def test_a_run_is_stopped_when_its_time_is_up(store: Store) -> None:
    add_schedule(store, schedule_named("a", "1 12 * * *"), at(0))
    fire(store, at(1))
    (run,) = begun(store, at(1), timeout=60.0)
    stop_runs(store, at(1.9))
    assert store.catalog.find_run(run).state == "running"
    stop_runs(store, at(2.1))
    assert (store.run_folder(run) / "cancel").exists()
    (tick,) = end(store, run, "cancelled", at(2.2))
    assert (tick.state, tick.why) == ("failed", "its run was stopped: its time was up")


def test_a_run_of_another_machine_is_stopped_there(store: Store) -> None:
    """Its folder is there. A catalog that is not shared has no other machine."""
    add_schedule(store, schedule_named("a", "1 12 * * *"), at(0))
    fire(store, at(1))
    (run,) = begun(store, at(1), timeout=60.0)
    store.run_folder(run).rmdir()
    stop_runs(store, at(2.1))
    (tick,) = end(store, run, "cancelled", at(2.2))
    assert tick.state == ("cancelled" if store.catalog.is_shared else "failed")


def test_a_run_that_somebody_cancels_is_not_tried_again(store: Store) -> None:
    add_schedule(store, schedule_named("a", retries=3), at(0))
    fire(store, at(1))
    (run,) = begun(store, at(1))
    assert [tick.state for tick in end(store, run, "cancelled", at(1))] == ["cancelled"]


def test_of_two_drivers_one_begins(store: Store) -> None:
    """The first was not heard of for too long, its tick was claimed again; then both go on."""
    add_schedule(store, schedule_named("a"), at(0))
    fire(store, at(1))
    (slow,) = claimed(store, at(1))
    expire(store, at(1) + LEASE)
    assert claimed(store, at(1) + LEASE) == []
    later = at(1.1) + LEASE
    expire(store, later)
    (quick,) = claimed(store, later)
    for name in ("r1", "r2"):
        store.catalog.save_run(run_named(name))
    assert not begin(store, slow, "r1", later, None)
    assert begin(store, quick, "r2", later, None)
    assert begin(store, quick, "r2", later, None)  # the answer to the first call was lost
    assert not begin(store, quick, "r1", later, None)
    assert history(store, "a")[0].runs == ("r2",)


def test_a_tick_whose_drivers_all_die_is_given_up(store: Store) -> None:
    add_schedule(store, schedule_named("a", retries=0), at(0))
    fire(store, at(1))
    for left in reversed(range(MOST_STARTS)):
        (held,) = claimed(store, at(1))
        give_back(store, held, "the process ended with 1: no module", at(1))
        assert history(store, "a")[0].state == ("queued" if left else "failed")
    assert history(store, "a")[0].why == "the process ended with 1: no module"


@pytest.mark.parametrize(("retry", "state"), [(True, "queued"), (False, "failed")])
def test_what_cannot_begin_is_tried_again_if_that_may_help(
    store: Store, retry: bool, state: str
) -> None:
    add_schedule(store, schedule_named("a", retries=1), at(0))
    fire(store, at(1))
    (held,) = claimed(store, at(1))
    refuse(store, held, "no engine answers", at(1), retry=retry)
    (tick,) = history(store, "a")
    assert (tick.state, "no engine answers" in tick.why) == (state, True)
    refuse(store, held, "said twice", at(1), retry=retry)
    assert history(store, "a") == [tick]


def test_a_month_of_missed_minutes_is_listed(file_store: Store) -> None:
    add_schedule(file_store, schedule_named("a", missed="once"), at(0))
    add_schedule(file_store, schedule_named("b", missed="skip"), at(0))
    now = at(3 * 24 * 60 + 0.5)
    while fire(file_store, now):
        pass
    expected = [(minute, "missed") for minute in range(1, 3 * 24 * 60)]
    for name in ("a", "b"):
        assert told(file_store, name) == [*expected, (3 * 24 * 60, "queued")]
