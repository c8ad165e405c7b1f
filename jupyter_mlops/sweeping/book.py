"""The sweeps on record, and how they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import canonical_json, of_bytes
from jupyter_mlops.model.run import Run
from jupyter_mlops.model.sweep import Combination, Sweep, SweepReport, SweepState
from jupyter_mlops.runner.past import mark_lost_runs
from jupyter_mlops.store.reports import describe_failure

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


class UnknownSweep(StoreError):
    """No sweep of that name, or more than one."""

    exit_code = 2


def sweep_object(sweep: Sweep) -> bytes:
    """The sweep as its runs refer to it by digest."""
    return canonical_json(to_json(sweep))


def list_sweeps(
    store: Store, *, notebook: str | None = None, limit: int | None = 50
) -> list[SweepReport]:
    """The sweeps of which a run is on record, newest first.

    Args:
        store: where they are on record.
        notebook: only those of the notebook at this absolute path.
        limit: at most so many; None for all.

    Raises:
        StoreError: the store cannot be read.
    """
    mark_lost_runs(store)
    found = (_read(store, digest) for digest in _digests(store, notebook)[:limit])
    living = store.catalog.writers.living()
    return [report_sweep(store, sweep, living) for sweep in found if sweep is not None]


def find_sweep(store: Store, name: str) -> SweepReport:
    """The sweep of that name, of that unique beginning, or the newest for ``latest``.

    Raises:
        UnknownSweep: there is none, or more than one.
        StoreError: the store cannot be read.
    """
    mark_lost_runs(store)
    sweeps = (sweep for digest in _digests(store) if (sweep := _read(store, digest)) is not None)
    found = []
    for sweep in sweeps:
        if name in ("latest", sweep.name):
            found = [sweep]
            break
        if sweep.name.startswith(name):
            found.append(sweep)
    if len(found) == 1:
        return report_sweep(store, found[0], store.catalog.writers.living())
    if found:
        names = ", ".join(sweep.name for sweep in found[:10])
        raise UnknownSweep(f"{name!r} names more than one sweep: {names}", fix="give more of it")
    raise UnknownSweep(f"no sweep is named {name!r}", fix="`jupyter mlops sweep list` lists them")


def report_sweep(store: Store, sweep: Sweep, living: Iterable[str] = ()) -> SweepReport:
    """The sweep as it stands.

    Args:
        store: where its runs are on record.
        sweep: which may have none yet.
        living: names of the sweeps that somebody drives.

    Raises:
        StoreError: the store cannot be read.
    """
    digest = of_bytes(sweep_object(sweep))
    newest: dict[bytes, Run] = {}
    for run in store.catalog.list_runs(sweep=digest, limit=None):
        newest.setdefault(_key(sweep, {value.name: value.value for value in run.parameters}), run)
    in_order = ({name: values[name] for name in sweep.parameters} for values in sweep.combinations)
    combinations = tuple(
        combination_of(number, values, newest.get(_key(sweep, values)))
        for number, values in enumerate(in_order, start=1)
    )
    states = {combination.state for combination in combinations}
    state: SweepState = "failed" if "failed" in states else "incomplete"
    if states == {"succeeded"}:
        state = "succeeded"
    if sweep.name in living:
        state = "running"
    return SweepReport(sweep=sweep, state=state, combinations=combinations)


def combination_of(number: int, values: Mapping[str, Any], run: Run | None) -> Combination:
    """A combination with the run that was made of it, if there is one."""
    if run is None:
        return Combination(number=number, values=values)
    failed = [report for report in run.steps if report.error is not None]
    return Combination(
        number=number,
        values=values,
        state=run.state,
        run=run.run,
        started=run.started,
        ended=run.ended,
        steps=len(run.steps),
        reused=sum(report.state == "reused" for report in run.steps),
        metrics={report.step: report.metrics for report in run.steps if report.metrics},
        error="; ".join(f"step {r.step}: {describe_failure(r.error)}" for r in failed if r.error),
    )


def _key(sweep: Sweep, values: Mapping[str, Any]) -> bytes:
    return canonical_json([values.get(name) for name in sweep.parameters])


def _digests(store: Store, notebook: str | None = None) -> list[str]:
    """The digests of the sweeps that runs on record belong to, the newest first."""
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import runs

    query = select(runs.c.sweep).where(runs.c.sweep.is_not(None))
    if notebook is not None:
        query = query.where(runs.c.notebook == notebook)
    query = query.group_by(runs.c.sweep).order_by(func.min(runs.c.serial).desc())
    return store.catalog.ask(lambda connection: list(connection.scalars(query)))


def _read(store: Store, digest: str) -> Sweep | None:
    """The sweep of that digest; None if it cannot be read, which `fsck` tells of."""
    try:
        return from_json(Sweep, json.loads(store.objects.read_bytes(digest)))
    except (ObjectMissing, ObjectCorrupted):
        return None
