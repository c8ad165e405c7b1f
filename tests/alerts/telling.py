"""Schedules whose ticks end as a script says, and what an alert made of it."""

from __future__ import annotations

from dataclasses import replace

from catalog_samples import run_named
from planned import T0, at, begun, end, schedule_named

from jupyter_mlops.alerts.book import add_alert
from jupyter_mlops.alerts.outbox import history
from jupyter_mlops.alerts.watch import watch
from jupyter_mlops.model.alert import Alert
from jupyter_mlops.model.run import CellError, StepReport
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.book import add_schedule
from jupyter_mlops.scheduling.fire import fire
from jupyter_mlops.store import Store


def alert_named(name: str = "ops", *on: str, **changes: object) -> Alert:
    plain = Alert(
        name=name, way="command", to="/bin/cat", shown="/bin/cat", on=on or ("failure", "recovery"),
        created=iso(T0),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def outcome(word: str) -> dict[str, object]:
    """The state and steps of a run: ``ok``, ``ok 0.8`` with an accuracy, or ``ValueError``."""
    if word.partition(" ")[0] == "ok":
        metrics = {"accuracy": float(word.partition(" ")[2] or 1)}
        return {
            "state": "succeeded",
            "steps": (StepReport(step="fit", state="succeeded", metrics=metrics),),
        }
    error = CellError(kind=word, message=f"at {id(object())}", cell=1, cell_id="c1")
    return {"state": "failed", "steps": (StepReport(step="fit", state="failed", error=error),)}


def tick(store: Store, minute: float, word: str) -> None:
    """The schedule's tick of that minute begins, and its run ends so."""
    while fire(store, at(minute)):
        pass
    if word == "waits":
        return
    (run,) = begun(store, at(minute))
    known = store.catalog.find_run(run)
    store.catalog.save_run(replace(known, ended=iso(at(minute)), **outcome(word)))  # type: ignore[arg-type]
    end(store, run, outcome(word)["state"], at(minute))  # type: ignore[arg-type]


def by_hand(store: Store, minute: float, word: str, **changes: object) -> None:
    """A run that no schedule made ends so."""
    run = run_named(f"by-hand-{minute}", **changes)
    store.catalog.save_run(run)
    store.catalog.save_run(replace(run, ended=iso(at(minute)), **outcome(word)))  # type: ignore[arg-type]


def told(store: Store, name: str = "ops") -> list[tuple[str, str]]:
    """Event and state of what the alert told, the first one first."""
    found = reversed(history(store, name, limit=None))
    return [(delivery.happening.event, delivery.state) for delivery in found]


def begin(store: Store, alert: Alert, **changes: object) -> None:
    """The schedule ``a``, each minute, and the alert."""
    add_schedule(store, schedule_named("a", **changes), T0)
    add_alert(store, alert, T0)
    assert watch(store, T0) == []
