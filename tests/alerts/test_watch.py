"""What alerts make of how ticks and runs end: each cause is told once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from planned import T0, at, begun, schedule_named
from postgres_server import PostgresServer
from sqlalchemy import Connection
from telling import alert_named, begin, by_hand, tick, told

from jupyter_mlops.alerts.book import (
    add_alert,
    find_alert,
    pause_alert,
    remove_alert,
    resume_alert,
)
from jupyter_mlops.alerts.outbox import history
from jupyter_mlops.alerts.watch import watch
from jupyter_mlops.model.alert import Alert
from jupyter_mlops.scheduling.book import add_schedule, is_needed
from jupyter_mlops.store import Store
from jupyter_mlops.store.schema import alerts, schedules

QUEUED = "queued"


@dataclass(frozen=True)
class Case:
    """What the ticks of these minutes end with, and the events that are told of it."""

    name: str
    alert: Alert
    ticks: Sequence[tuple[float, str]]
    told: Sequence[str]


BOTH = alert_named()
LOW = alert_named("ops", "metric:accuracy<0.9", "recovery")
CASES = [
    Case("all is well", BOTH, [(1, "ok"), (2, "ok")], []),
    Case("a failure", BOTH, [(1, "ok"), (2, "ValueError")], ["failure"]),
    Case(
        "a tick's run is not told again", alert_named(by_hand=True), [(1, "KeyError")], ["failure"]
    ),
    Case(
        "late, and well again",
        alert_named("ops", "lateness", "recovery"),
        [(1, "waits"), (7, "waits"), (8, "ok")],
        ["lateness", "recovery"],
    ),
    Case("the same failure again", BOTH, [(1, "ValueError"), (2, "ValueError")], ["failure"]),
    Case("another failure", BOTH, [(1, "ValueError"), (2, "KeyError")], ["failure", "failure"]),
    Case(
        "well again, and broken again",
        BOTH,
        [(1, "ValueError"), (2, "ok"), (3, "ok"), (4, "ValueError")],
        ["failure", "recovery", "failure"],
    ),
    Case(
        "the same failure ten minutes later",
        alert_named(repeat=600.0),
        [(1, "ValueError"), (11, "ValueError"), (12, "ValueError")],
        ["failure", "failure"],
    ),
    Case(
        "each one if it is wanted",
        alert_named("ops", "failure", repeat=0.0),
        [(1, "ValueError"), (2, "ValueError")],
        ["failure", "failure"],
    ),
    Case(
        "recovery alone", alert_named("ops", "recovery"), [(1, "KeyError"), (2, "ok")], ["recovery"]
    ),
    Case("a metric", LOW, [(1, "ok 0.8"), (2, "ok 0.7"), (3, "ok 0.95")], ["metric", "recovery"]),
    Case(
        "each success",
        alert_named("ops", "success"),
        [(1, "ok"), (2, "KeyError"), (3, "ok")],
        ["success"] * 2,
    ),
    Case("of another schedule", alert_named(schedule="b"), [(1, "KeyError")], []),
    Case(
        "of this notebook",
        alert_named(notebook="/books/iris.ipynb"),
        [(1, "KeyError")],
        ["failure"],
    ),
    Case("of another notebook", alert_named(notebook="/books/b.ipynb"), [(1, "KeyError")], []),
    Case(
        "a tick that does not begin",
        alert_named("ops", "lateness"),
        [(1, "waits"), (7, "waits"), (8, "waits")],
        ["lateness"],
    ),
    Case(
        "a tick that begins late", alert_named("ops", "lateness"), [(1, "waits"), (2, "waits")], []
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_told(store: Store, case: Case) -> None:
    begin(store, case.alert, missed="skip")
    for minute, word in case.ticks:
        tick(store, minute, word)
        assert watch(store, at(minute)) == watch(store, at(minute)) == []
    assert told(store) == [(event, QUEUED) for event in case.told]


def test_checks_withhold_a_success_and_say_why(store: Store) -> None:
    begin(store, alert_named("ops", "success", checks=("accuracy>=0.9",)))
    for minute, word in ((1, "ok 0.95"), (2, "ok 0.85")):
        tick(store, minute, word)
        watch(store, at(minute))
    newest = history(store, "ops")[0]
    assert told(store) == [("success", "queued"), ("success", "withheld")]
    assert newest.why == "metric fit.accuracy is 0.85, not accuracy >= 0.9"


@pytest.mark.parametrize(("is_asked", "found"), [(True, [("failure", QUEUED)]), (False, [])])
def test_runs_by_hand_are_told_if_that_is_asked_for(
    store: Store, is_asked: bool, found: list[tuple[str, str]]
) -> None:
    begin(store, alert_named(by_hand=is_asked))
    by_hand(store, 1, "ValueError")
    by_hand(store, 2, "ValueError")
    watch(store, at(2))
    assert told(store) == found


def test_a_run_that_does_not_end_is_late_and_well_when_it_has(store: Store) -> None:
    begin(store, alert_named("ops", "lateness", "recovery", ends_within=600.0))
    tick(store, 1, "waits")
    (run,) = begun(store, at(1))
    for seconds_after_its_start in (599, 601, 3000):
        moment = store.catalog.find_run(run).started
        watch(store, T0.fromisoformat(moment) + seconds_after_its_start * (at(1 / 60) - T0))
    assert told(store) == [("lateness", QUEUED)]


def test_a_service_is_needed_for_alerts_alone(store: Store) -> None:
    assert is_needed(store) is False
    add_alert(store, BOTH, T0)
    assert is_needed(store) is True
    pause_alert(store, "ops", T0)
    assert is_needed(store) is False


def test_missed_ticks_are_one_lateness(store: Store) -> None:
    begin(store, alert_named("ops", "lateness"), missed="skip")
    tick(store, 60, "ok")
    watch(store, at(60))
    assert told(store) == [("lateness", QUEUED)]


def test_a_schedule_that_is_set_aside_is_a_failure(store: Store) -> None:
    begin(store, BOTH)
    aside = {"state": "invalid", "why": "no such zone"}
    store.catalog.database.write(lambda c: c.execute(schedules.update().values(aside)))
    watch(store, at(1))
    watch(store, at(2))
    (told_once,) = history(store, "ops")
    assert told_once.happening.texts == ("the schedule was set aside: no such zone",)


def test_what_ends_before_an_alert_or_while_it_is_paused_is_not_told(store: Store) -> None:
    add_schedule(store, schedule_named("a"), T0)
    tick(store, 1, "ValueError")
    add_alert(store, BOTH, at(2))
    watch(store, at(2))
    pause_alert(store, "ops", at(2))
    tick(store, 3, "KeyError")
    resume_alert(store, "ops", at(4))
    watch(store, at(4))
    assert told(store) == []
    tick(store, 5, "TypeError")
    watch(store, at(5))
    assert told(store) == [("failure", QUEUED)]


def test_an_alert_that_cannot_be_read_is_set_aside_and_stops_no_other(store: Store) -> None:
    begin(store, BOTH)
    for name, document in (("damaged", "{"), ("newer", None)):
        add_alert(store, alert_named(name), T0)
        text = document or BOTH_FROM_TOMORROW
        change = alerts.update().where(alerts.c.name == name).values(document=text)
        store.catalog.database.write(lambda c, change=change: c.execute(change))
    tick(store, 1, "ValueError")
    problems = watch(store, at(1))
    assert [problem.split(":")[0] for problem in problems] == [
        "alert damaged was set aside",
        "alert newer was set aside",
    ]
    assert (told(store), find_alert(store, "newer").state) == ([("failure", QUEUED)], "invalid")
    remove_alert(store, "damaged", at(2))


BOTH_FROM_TOMORROW = (
    '{"name": "newer", "way": "message", "to": "", "shown": "", "on": ["sunshine"]}'
)


def test_a_row_that_cannot_be_read_stops_no_other(store: Store) -> None:
    begin(store, BOTH)
    tick(store, 1, "KeyError")

    def damage(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE ticks SET runs = '{'")

    store.catalog.database.write(damage)
    by_hand(store, 2, "ok")
    (problem,) = watch(store, at(2))
    assert problem.startswith("ticks 1: ")
    assert watch(store, at(3)) == []


@pytest.mark.xdist_group("postgres")
def test_services_at_once_tell_once(tmp_path: Path, postgres: PostgresServer) -> None:
    """Eight of them look at one time, each with its own connections."""
    url, root = postgres.create_database(), tmp_path / "store"
    stores = [Store(root, catalog=url).open() for _ in range(8)]
    begin(stores[0], alert_named("ops", "failure", "success"))
    for minute, word in enumerate(("ok", "KeyError", "ok", "TypeError"), start=1):
        tick(stores[0], minute, word)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: watch(one, at(5)), stores))
    assert sorted(told(stores[0])) == [("failure", QUEUED)] * 2 + [("success", QUEUED)] * 2
    for one in stores:
        one.close()
