"""Schedules survive their catalog: they are made anew from the records among the objects."""

from __future__ import annotations

from dataclasses import replace

from planned import at, schedule_named, told

from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    find_schedule,
    list_schedules,
    pause_schedule,
    remove_schedule,
)
from jupyter_mlops.scheduling.fire import fire
from jupyter_mlops.scheduling.timing import once_timing
from jupyter_mlops.store import Rebuilt, Store, check_store
from jupyter_mlops.store.records import ScheduleRecord, schedule_record


def test_a_deleted_catalog_is_made_anew_with_its_schedules(file_store: Store) -> None:
    store, twice = file_store, schedule_named("twice", retries=1)
    add_schedule(store, schedule_named("changed"), at(0))
    change_schedule(store, schedule_named("changed", "5 * * * *", priority=3), at(0))
    add_schedule(store, schedule_named("paused"), at(0))
    pause_schedule(store, "paused", at(0))
    add_schedule(store, schedule_named("removed"), at(0))
    remove_schedule(store, "removed", at(0))
    add_schedule(store, schedule_named("twice"), at(0))
    remove_schedule(store, "twice", at(0))
    add_schedule(store, twice, at(0))
    timing = once_timing("2026-11-25T12:01", "UTC", after=at(0))
    add_schedule(store, schedule_named("over", timing=timing), at(0))
    fire(store, at(1))
    before = list_schedules(store)
    assert [(one.name, one.state) for one in before] == [
        ("changed", "active"),
        ("over", "ended"),
        ("paused", "paused"),
        ("twice", "active"),
    ]
    store.close()
    (store.root / "catalog.sqlite").unlink()
    assert store.rebuild_catalog() == Rebuilt(runs=0, executions=0, schedules=4)
    assert fire(store, at(1.5)).ticks == ()  # what had been fired is not fired again
    assert list_schedules(store) == [replace(one, last=None) for one in before]
    assert fire(store, at(2)).ticks[0].schedule == "twice"
    assert told(store, "twice") == [(2, "queued")]


def test_a_command_that_died_has_done_all_or_nothing(file_store: Store) -> None:
    """A record of which the catalog never heard gives way to the change that came after it."""
    store, asked = file_store, schedule_named("a")
    add_schedule(store, asked, at(0))
    died = ScheduleRecord(
        revision=2, changed=iso(at(1)), state="active", schedule=replace(asked, retries=7)
    )
    store.objects.put_bytes(schedule_record(died))
    assert find_schedule(store, "a").schedule == asked
    change_schedule(store, replace(asked, retries=1), at(2))
    store.rebuild_catalog()
    assert find_schedule(store, "a").schedule == replace(asked, retries=1)


def test_a_pinned_notebook_that_is_missing_is_found(file_store: Store) -> None:
    store = file_store
    digest = store.objects.put_bytes(b"a notebook")
    for name in ("kept", "removed"):
        add_schedule(store, schedule_named(name, revision=digest), at(0))
    remove_schedule(store, "removed", at(0))
    assert check_store(store) == ()
    store.objects.path(digest).unlink()
    (problem,) = check_store(store)
    assert (problem.kind, problem.what, problem.referrers) == (
        "missing object",
        digest,
        ("the notebook of schedule kept",),
    )
