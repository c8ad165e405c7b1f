"""Runs the combinations of a sweep, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.run import Run
from jupyter_mlops.model.sweep import Combination, Sweep, SweepReport
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.runner.past import mark_lost_runs
from jupyter_mlops.runner.together import Together, open_together
from jupyter_mlops.sweeping.book import combination_of, report_sweep, sweep_object
from jupyter_mlops.sweeping.cancel import forget_wish, is_cancelled

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store


def run_sweep(
    sweep: Sweep,
    *,
    store: Store,
    settings: Mlops,
    parallel: int,
    keep_going: bool = False,
    secrets_file: Path | None = None,
    on_end: Callable[[Combination], None] = lambda combination: None,
    on_event: Callable[[Mapping[str, Any]], None] = lambda event: None,
    cancel: threading.Event | None = None,
) -> SweepReport:
    """The sweep after what was missing of it ran: combinations that have not succeeded yet.

    Those of which no run was begun come first.

    Steps that are equal in several combinations run once: a run that comes to such a step while
    another one performs it waits, and reuses it. Once a run has failed no further one is begun,
    and those that go on come to their end.

    Args:
        sweep: as it was asked for; the notebook that it names is among the objects.
        store: where it is recorded.
        settings: of the installation.
        parallel: the most runs that go on at once.
        keep_going: begin further runs also after one has failed.
        secrets_file: a file with the values of secrets, or None.
        on_end: hears each combination whose run has ended, one at a time, from whatever thread.
        on_event: hears the events of all runs, from whatever thread.
        cancel: once it is set, all runs stop and end ``cancelled``, and no further one is begun.

    Raises:
        MlopsError: a run could not begin, or could not be recorded; what is on record stays.
    """
    cancel, stop, telling = cancel or threading.Event(), threading.Event(), threading.Lock()

    def listen(event: Mapping[str, Any]) -> None:
        # Who asks later finds this run on record, and cancels it.
        if is_cancelled(store, sweep):
            cancel.set()
        on_event(event)

    def perform(combination: Combination) -> None:
        if stop.is_set() or cancel.is_set():
            return
        try:
            run = run_one(combination)
        except BaseException:
            stop.set()
            raise
        if run.state != "succeeded" and not keep_going:
            stop.set()
        with telling:
            on_end(combination_of(combination.number, combination.values, run))

    def run_one(combination: Combination) -> Run:
        return run_pipeline(
            _request(sweep, digest, combination, secrets_file),
            store=store,
            settings=settings,
            on_event=listen,
            cancel=cancel,
            together=together,
        )

    with ExitStack() as held:
        held.enter_context(store.catalog.writers.enter(sweep.name))
        forget_wish(store, sweep)
        together: Together = held.enter_context(open_together(sweep.engine, settings))
        digest = store.objects.put_bytes(sweep_object(sweep))
        mark_lost_runs(store)
        found = report_sweep(store, sweep).combinations
        left = [one for one in found if one.state != "succeeded"]
        left.sort(key=lambda one: one.state != "missing")  # what failed before comes last
        with ThreadPoolExecutor(parallel, thread_name_prefix="combination") as pool:
            begun = [pool.submit(perform, one) for one in left]
        for future in begun:
            future.result()
    return report_sweep(store, sweep)


def _request(
    sweep: Sweep, digest: str, combination: Combination, secrets_file: Path | None
) -> RunRequest:
    values = ", ".join(f"{name}={value}" for name, value in combination.values.items())
    return RunRequest(
        notebook=Path(sweep.notebook),
        given_parameters={**sweep.fixed, **combination.values},
        engine=sweep.engine,
        environment=sweep.environment,
        hermetic=sweep.hermetic,
        revision=sweep.source,
        secrets_file=secrets_file,
        reason=f"sweep {sweep.name}, {combination.number} of {len(sweep.combinations)}: {values}",
        sweep=digest,
    )
