"""Runs as the panel lists and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jupyter_mlops.lineage.changes import changes_between
from jupyter_mlops.lineage.rerun import command_of
from jupyter_mlops.model.label import Labels
from jupyter_mlops.model.run import Run, RunState, StepReport
from jupyter_mlops.runner.past import mark_lost_runs
from jupyter_mlops.server.answers import (
    Pipelines,
    PipelineSummary,
    RunDetail,
    RunPage,
    RunSummary,
    StepSummary,
)
from jupyter_mlops.server.contents import Contents
from jupyter_mlops.store import Store, observed_flow


def list_runs(
    store: Store,
    contents: Contents,
    *,
    notebook: str | None,
    state: RunState | None,
    after: str | None,
    limit: int,
) -> RunPage:
    """A page of runs, newest first.

    Args:
        store: holds them.
        contents: what the server shows.
        notebook: only runs of the notebook at this contents path.
        state: only runs in this state.
        after: only runs older than the one of this name.
        limit: at most so many.

    Raises:
        OutsideContents: the path leads out of the contents root.
        UnknownRun: there is no run of the name ``after``.
        StoreError: the store cannot be read.
    """
    path = None if notebook is None else str(contents.locate(notebook))
    mark_lost_runs(store)
    found = store.catalog.list_runs(notebook=path, state=state, after=after, limit=limit + 1)
    runs, more = found[:limit], found[limit:]
    labels = store.catalog.labels.of_runs([run.run for run in runs])
    # A filter by state hides runs that another one may have followed.
    known = [] if state else found
    return RunPage(
        runs=tuple(
            summary(store, contents, run, known, labels.get(run.run, Labels())) for run in runs
        ),
        next=runs[-1].run if more else None,
    )


def list_pipelines(store: Store, contents: Contents) -> Pipelines:
    """The notebooks that have runs, the one that ran last first.

    Raises:
        StoreError: the store cannot be read.
    """
    mark_lost_runs(store)
    return Pipelines(
        pipelines=tuple(
            PipelineSummary(
                path=contents.path_of(run.notebook),
                notebook=run.notebook,
                exists=Path(run.notebook).is_file(),
                runs=number,
                latest=summary(store, contents, run),
            )
            for run, number in store.catalog.newest_runs()
        )
    )


def summary(
    store: Store,
    contents: Contents,
    run: Run,
    known: Sequence[Run] = (),
    labels: Labels | None = None,
) -> RunSummary:
    """The run in a list.

    Args:
        store: holds it.
        contents: what the server shows.
        run: the run.
        known: runs without a gap, newest first, among which the one before it may be.
        labels: of the run, if they are known.
    """
    before = _before(store, run, known)
    return RunSummary(
        run=run.run,
        state=run.state,
        reason=run.reason,
        path=contents.path_of(run.notebook),
        notebook=run.notebook,
        engine=run.engine,
        started=run.started,
        ended=run.ended,
        notice=run.notice,
        parameters=run.parameters,
        changes=changes_between(before, run) if before is not None else (),
        steps=tuple(map(_step, run.steps)),
        labels=labels_of(store, run.run) if labels is None else labels,
    )


def labels_of(store: Store, run: str) -> Labels:
    """Tags, note and aliases of a run."""
    return store.catalog.labels.of_runs([run]).get(run, Labels())


def detail(store: Store, run: Run, contents: Contents) -> RunDetail:
    """The run, whole."""
    return RunDetail(
        record=run,
        path=contents.path_of(run.notebook),
        flow=observed_flow(run),
        command=command_of(run),
        labels=labels_of(store, run.run),
    )


def _before(store: Store, run: Run, known: Sequence[Run]) -> Run | None:
    """The run of the same notebook before this one."""
    older = known[known.index(run) + 1 :] if run in known else []
    for other in older:
        if other.notebook == run.notebook:
            return other
    found = store.catalog.list_runs(notebook=run.notebook, after=run.run, limit=1)
    return found[0] if found else None


def _step(report: StepReport) -> StepSummary:
    return StepSummary(
        step=report.step,
        state=report.state,
        why=report.why,
        started=report.started,
        ended=report.ended,
        metrics=report.metrics,
        error=report.error,
    )
