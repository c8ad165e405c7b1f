"""Stores with runs that rest on one another, and what must hold of any store."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from catalog_samples import execution_named, run_named

from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.run import Execution, Run, RunState, StepReport
from jupyter_mlops.store import Store, check_store
from jupyter_mlops.store.lifeline import hold
from jupyter_mlops.store.marks import Marks, contents_of

ENDED = "2026-12-01T00:00:00+00:00"
HARMLESS = {"unfinished removal", "folder of no run", "stray file"}
"""What nothing trips over, and the next collection or repair finishes."""


def do_run(
    store: Store,
    name: str,
    *,
    makes: str = "",
    reuses: Execution | None = None,
    state: RunState = "succeeded",
    notebook: str = "/books/iris.ipynb",
    started: str = "2026-11-23T15:04:05+00:00",
    lock: str | None = None,
) -> Execution | None:
    """Record a run of one step in the way of a driver; its execution, or the one it rests on."""
    put, catalog = store.objects.put_bytes, store.catalog
    step = StepReport(step="train", state="pending")
    with hold(store.run_folder(name)), catalog.writers.enter(name):
        run = run_named(
            name,
            source=put(b"notebook " + notebook.encode()),
            notebook=notebook,
            started=started,
            steps=(step,),
        )
        store.ledger.append(action="run", subject=name, state="begun", objects=(run.source,))
        catalog.save_run(run)
        execution = reuses
        if execution is None and makes:
            execution = execute(store, run, makes, lock)
        if execution is not None:
            step = report(execution, reused=reuses is not None)
            catalog.save_step(name, 0, step)
        folder = store.run_folder(name) / "notebooks"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "01-train.ipynb").write_text("executed")
        if state != "running":
            catalog.save_run(replace(run, state=state, ended=ENDED, steps=(step,)))
    return execution


def execute(store: Store, run: Run, makes: str, lock: str | None = None) -> Execution:
    """Record an execution of the run's step that leaves an object of these bytes."""
    put = store.objects.put_bytes
    model = Group(names=("model",), digest=put(makes.encode()), size=len(makes), step="train")
    execution = execution_named(
        f"{run.run}.train.1", source=run.source, stage=put(b"stage"), inputs=(), files=()
    )
    result = replace(execution.result, groups=(model,), notebook=put(b"executed " + makes.encode()))
    environment = replace(execution.environment, lock=lock)
    execution = replace(execution, result=result, environment=environment)
    store.catalog.record_execution(execution)
    return execution


def report(execution: Execution, *, reused: bool) -> StepReport:
    """The step of a run that rests on the execution."""
    return StepReport(
        step="train",
        state="reused" if reused else "succeeded",
        execution=execution.execution,
        outputs=execution.result.groups,
    )


def names(store: Store) -> list[str]:
    return [run.run for run in store.catalog.list_runs(limit=None)]


def assert_whole(store: Store, context: object = "") -> None:
    """All that is on record can be read, and nothing is wrong but what is harmless."""
    problems = {(p.kind, p.what) for p in check_store(store) if p.kind not in HARMLESS}
    assert problems == set(), context
    contents = contents_of(store)
    for digest in Marks(store).needed(contents):
        store.objects.verify(digest)
    for run in contents.runs:
        for step in run.steps:
            if step.execution is not None:
                assert store.catalog.execution(step.execution).execution == step.execution, context


def files(root: Path) -> set[str]:
    """What lies in a store, without the catalog, its copies, locks and unfinished writes."""
    paths = (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return {path for path in paths if not re.match(r"catalog|.*\.lock|.*\.tmp|cache|ledger", path)}
