"""Schedules that wait for runs and aliases: each success and each move is one tick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from catalog_samples import run_named
from planned import at, begun, end, schedule_named, told

from jupyter_mlops.model.label import LabelChange, Target
from jupyter_mlops.model.run import Arrival, RunState
from jupyter_mlops.model.schedule import Missed, Schedule, Timing
from jupyter_mlops.model.trigger import Trigger, TriggerKind
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling import upstream
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    find_schedule,
    history,
    pause_schedule,
    resume_schedule,
)
from jupyter_mlops.scheduling.driver import request_of
from jupyter_mlops.scheduling.fire import fire
from jupyter_mlops.scheduling.upstream import fire_upstream
from jupyter_mlops.store import Store

LOAD = "/books/load.ipynb"


def waiting(kind: TriggerKind, source: str, name: str = "a", **changes: object) -> Schedule:
    mapped = changes.pop("mapped", {})
    trigger = Trigger(kind=kind, source=source, parameters=mapped)  # type: ignore[arg-type]
    plain = schedule_named(name, missed="all", overlap="queue")
    asked = replace(plain, timing=Timing(kind="event"), trigger=trigger)
    return replace(asked, **changes)  # type: ignore[arg-type]


def ran(
    store: Store, name: str, minute: float, state: RunState = "succeeded", **changes: object
) -> None:
    """A run of the notebook that ended so."""
    ended = None if state == "running" else iso(at(minute))
    run = run_named(name, notebook=LOAD, state=state, ended=ended, steps=(), **changes)
    store.catalog.save_run(run)


def moved(store: Store, number: int, minute: float, target: Target | None) -> None:
    change = LabelChange(
        number=0,
        change=f"c{number}",
        kind="alias",
        name="model@production",
        target=target,
        user="ada",
        host="here",
        time=iso(at(minute)),
        removed=target is None,
    )
    store.catalog.labels.record(change)


def fired(store: Store, now: datetime) -> list[str]:
    """What the new ticks are of, until nothing comes to be any more."""
    causes = []
    while made := fire_upstream(store, now):
        causes += [tick.cause for tick in made.ticks]
    return causes


def test_each_success_of_a_notebook_is_one_tick(store: Store) -> None:
    ran(store, "before", 0)
    ran(store, "long", 0, "running")
    add_schedule(store, waiting("notebook", LOAD, mapped={"source": "$.run"}), at(1))
    assert find_schedule(store, "a").plain == f"after each success of {LOAD}"
    ran(store, "fails", 2, "failed")
    arrival = Arrival(time=iso(at(2)), user="ada", host="here", file="sha256:p")
    ran(store, "comes-from-elsewhere", 2, imported=arrival)
    ran(store, "other", 2)
    store.catalog.save_run(replace(store.catalog.find_run("other"), notebook="/books/x.ipynb"))
    assert fired(store, at(2)) == []
    assert fire(store, at(2)).ticks == ()
    ran(store, "new", 2)
    ran(store, "long", 2.5)
    expected = [f"run {name} of {LOAD} succeeded" for name in ("new", "long")]
    assert fired(store, at(2.5)) == expected
    assert fired(store, at(2.5)) == []
    ran(store, "new", 2)  # its end is recorded again
    assert fired(store, at(2.6)) == []
    newest = history(store, "a")[0]
    assert (newest.parameters, newest.state) == ({"source": "long"}, "queued")
    request = request_of(waiting("notebook", LOAD, parameters={"n": 3}), newest)
    assert (request.text_parameters, request.given_parameters, request.reason) == (
        {"source": "long"},
        {"n": 3},
        f"schedule a, {newest.cause}",
    )


def test_many_at_once_and_many_before(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is passed over, although the last hundred alone are looked at again."""
    store = file_store
    monkeypatch.setattr(upstream, "EVENTS_AT_ONCE", 50)
    ran(store, "long", 0, "running")
    add_schedule(store, waiting("notebook", LOAD), at(1))
    for n in range(130):
        ran(store, f"r{n}", 2)
    assert len(fired(store, at(2))) == 130
    ran(store, "long", 3)
    ran(store, "last", 3)
    assert fired(store, at(3)) == [f"run {name} of {LOAD} succeeded" for name in ("long", "last")]


def test_a_success_of_a_schedule_goes_down_the_line(store: Store) -> None:
    add_schedule(store, schedule_named("load", "1 12 * * *"), at(0))
    add_schedule(store, waiting("schedule", "load", "train"), at(0))
    add_schedule(store, waiting("schedule", "train", "report"), at(0))
    fire(store, at(1))
    for name in ("load", "train", "report"):
        (run,) = begun(store, at(1))
        assert run.startswith(f"{name}-")
        assert fired(store, at(1)) == []
        end(store, run, "succeeded", at(1))
        fired(store, at(1))
    assert begun(store, at(1)) == []
    assert [told(store, name) for name in ("load", "train", "report")] == [[(1, "succeeded")]] * 3


def test_an_upstream_that_is_tried_again_counts_once(store: Store) -> None:
    add_schedule(store, schedule_named("load", "1 12 * * *", retries=1), at(0))
    add_schedule(store, waiting("schedule", "load"), at(0))
    fire(store, at(1))
    (first,) = begun(store, at(1))
    end(store, first, "failed", at(1))
    (second,) = begun(store, at(2))
    end(store, second, "succeeded", at(2))
    assert fired(store, at(2)) == [f"run {second} of schedule load succeeded"]


def test_each_move_of_an_alias_is_one_tick(store: Store) -> None:
    store.catalog.save_run(run_named("r1"))
    digest = store.objects.put_bytes(b"a model")
    model = Target(text="r1:train:model", run="r1", digest=digest)
    moved(store, 1, 0, model)
    mapped = {"model": "$.digest", "run": "$.run"}
    add_schedule(store, waiting("alias", "model@production", mapped=mapped), at(0))
    moved(store, 2, 1, model)  # it is there already
    assert fired(store, at(1)) == []
    moved(store, 3, 2, Target(text="r1", run="r1"))
    moved(store, 4, 2, None)
    moved(store, 5, 2, model)
    assert len(fired(store, at(2))) == 2
    found = [(tick.state, tick.why, tick.parameters) for tick in history(store, "a")]
    good = {"model": digest, "run": "r1"}
    assert sorted(found) == [
        ("failed", "the event has nothing at $.digest", {}),
        ("queued", "", good),
    ]


def test_a_move_whose_writer_was_killed_counts(file_store: Store) -> None:
    store = file_store
    store.catalog.save_run(run_named("r1"))
    add_schedule(store, waiting("alias", "model@production"), at(0))
    moved(store, 1, 1, Target(text="r1", run="r1"))
    from jupyter_mlops.store.schema import labels

    store.catalog.database.write(lambda c: c.execute(labels.update().values(recorded=0)))
    assert fired(store, at(1)) == []  # somebody may be at it
    assert fired(store, at(3)) == ["alias model@production moved to r1"]


@dataclass(frozen=True)
class MissedCase:
    """Runs ended at minutes 1 and 2; a service looks at 10."""

    missed: Missed
    states: str


CASES = [
    MissedCase("skip", "missed missed"),
    MissedCase("once", "missed queued"),
    MissedCase("all", "queued queued"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.missed)
def test_what_no_service_saw_is_handled_by_the_rule(file_store: Store, case: MissedCase) -> None:
    store = file_store
    add_schedule(store, waiting("notebook", LOAD, missed=case.missed), at(0))
    ran(store, "second", 2)
    ran(store, "first", 1)
    fired(store, at(10))
    assert " ".join(state for _, state in told(store, "a")) == case.states
    assert [tick.cause.split()[1] for tick in history(store, "a")] == ["second", "first"]


def test_events_of_one_moment_are_ticks_of_their_own(file_store: Store) -> None:
    store = file_store
    add_schedule(store, waiting("notebook", LOAD, overlap="skip"), at(0))
    for name in ("a", "b", "c"):
        ran(store, name, 1)
    fired(store, at(1))
    assert [state for _, state in told(store, "a")] == ["queued", "skipped", "skipped"]


def test_pause_resume_and_edit(file_store: Store) -> None:
    store, asked = file_store, waiting("notebook", LOAD)
    add_schedule(store, asked, at(0))
    ran(store, "r1", 1)
    change_schedule(store, replace(asked, retries=2), at(1.5))  # still waits for the same
    assert fired(store, at(2)) == [f"run r1 of {LOAD} succeeded"]
    pause_schedule(store, "a", at(2))
    ran(store, "r2", 3)
    assert fired(store, at(3)) == []
    resume_schedule(store, "a", at(4))
    ran(store, "r3", 5)
    assert fired(store, at(5)) == [f"run r3 of {LOAD} succeeded"]


def test_a_bad_one_is_set_aside_and_stops_no_other(file_store: Store) -> None:
    store = file_store
    for name in ("a", "bad", "c"):
        add_schedule(store, waiting("notebook", LOAD, name), at(0))
    from jupyter_mlops.store.schema import schedules

    broken = schedules.update().where(schedules.c.name == "bad").values(document="{")
    store.catalog.database.write(lambda connection: connection.execute(broken))
    ran(store, "r1", 1)
    made = fire_upstream(store, at(1))
    assert [tick.schedule for tick in made.ticks] == ["a", "c"]
    assert [name for name, _ in made.set_aside] == ["bad"]
    assert find_schedule(store, "bad").state == "invalid"
    assert fired(store, at(1)) == []


def test_after_its_catalog_was_lost_it_waits_for_what_comes_then(file_store: Store) -> None:
    store = file_store
    add_schedule(store, waiting("notebook", LOAD), at(0))
    ran(store, "r1", 1)
    fired(store, at(1))
    store.close()
    (store.root / "catalog.sqlite").unlink()
    store.rebuild_catalog()
    assert fired(store, at(2)) == []
    ran(store, "r2", 3)
    assert fired(store, at(3)) == [f"run r2 of {LOAD} succeeded"]
