"""Sweeps on record: found again, restored with the catalog, removed with their runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from catalog_samples import run_named

from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.run import ParameterValue, Run
from jupyter_mlops.model.sweep import Sweep
from jupyter_mlops.store import Store
from jupyter_mlops.sweeping.book import UnknownSweep, find_sweep, list_sweeps, sweep_object


def record(store: Store, name: str, *states: str) -> Sweep:
    """A sweep over ``n``, of which a run is on record for each state."""
    sweep = Sweep(
        name=name,
        notebook=f"/books/{name}.ipynb",
        source=store.objects.put_bytes(b"book"),
        parameters=("n",),
        combinations=tuple({"n": n} for n in range(3)),
    )
    digest = store.objects.put_bytes(sweep_object(sweep))
    for n, state in enumerate(states):
        store.catalog.save_run(run(sweep, digest, n, state))
    return sweep


def run(sweep: Sweep, digest: str, n: int, state: str) -> Run:
    values = (ParameterValue(name="n", value=n, origin="request"),)
    where = {"notebook": sweep.notebook, "source": sweep.source, "sweep": digest}
    name = f"{sweep.name}-{n}-{state}"
    return run_named(name, state=state, parameters=values, ended=None, steps=(), **where)


def told(store: Store) -> list[tuple[str, str, list[str]]]:
    """Name, state and states of the combinations of each sweep."""
    return [
        (report.sweep.name, report.state, [one.state for one in report.combinations])
        for report in list_sweeps(store)
    ]


def test_sweeps_are_found_also_after_the_catalog_was_made_anew(store: Store) -> None:
    first = record(store, "day-one", "succeeded", "failed", "succeeded")
    record(store, "day-two", "succeeded")
    store.catalog.save_run(run_named("alone"))
    wanted = [
        ("day-two", "incomplete", ["succeeded", "missing", "missing"]),
        ("day-one", "failed", ["succeeded", "failed", "succeeded"]),
    ]
    assert told(store) == wanted
    store.rebuild_catalog()
    assert sorted(told(store)) == sorted(wanted)
    (only,) = list_sweeps(store, notebook="/books/day-one.ipynb")
    assert only.sweep == first
    assert find_sweep(store, "day-o") == only


def test_unknown_sweeps(store: Store) -> None:
    for name in ("day-one", "day-two"):
        record(store, name, "succeeded")
    with pytest.raises(UnknownSweep, match="names more than one sweep: day-two, day-one"):
        find_sweep(store, "day")
    with pytest.raises(UnknownSweep, match="no sweep is named 'night'"):
        find_sweep(store, "night")


def test_a_sweep_goes_with_the_last_of_its_runs(store: Store) -> None:
    sweep = record(store, "old", "failed", "failed")
    digest = store.objects.put_bytes(sweep_object(sweep))
    for keep, is_there in ((1, True), (0, False)):
        rules = Rules(keep_last=keep, keep_days=0 if keep else 1)
        collect(store, rules, dry_run=False, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))
        assert (digest in store.objects, len(told(store))) == (is_there, int(is_there))
