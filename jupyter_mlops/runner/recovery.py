"""Runs whose driver died, and runs that somebody wants to end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import EngineError, StoreError
from jupyter_mlops.model.run import Run
from jupyter_mlops.runner.recorder import close_steps, tell_standards
from jupyter_mlops.runner.salvage import salvage
from jupyter_mlops.runner.take import discard_attempts
from jupyter_mlops.runner.telling import tell_end
from jupyter_mlops.standards import open_standards
from jupyter_mlops.store import Store
from jupyter_mlops.store.disk import disk_problems, write_new
from jupyter_mlops.store.lifeline import is_alive, try_hold

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine


def recover(store: Store, engines: Iterable[Engine]) -> list[str]:
    """The names of the runs that were found lost: recorded as running, their driver dead.

    They are recorded as ``lost`` and their unfinished steps as ``cancelled``; what still runs of
    them is ended first. On an engine that is not among the given ones and does not answer, that is
    left to the next run there. What belongs to another store, or is driven on another machine, is
    left alone.

    Raises:
        StoreError: the store cannot be written.
        EngineError: one of the given engines does not answer.
    """

    def is_of_others(run: str) -> bool:
        folder = store.run_folder(run)
        return not folder.is_dir() or is_alive(folder)

    swept = set()
    for engine in engines:
        engine.sweep(is_of_others)
        swept.add(engine.name)
    elsewhere = store.catalog.writers.elsewhere()
    running = [
        run
        for run in store.catalog.list_runs(state="running", limit=None)
        if run.run not in elsewhere and not is_elsewhere(store, run.run)
    ]
    dead = {run.engine for run in running if not is_alive(store.run_folder(run.run))}
    for name in sorted(dead - swept):
        _sweep_other(name, is_of_others)
    return [run.run for run in running if _close(store, run.run)]


def _sweep_other(name: str, is_alive: Callable[[str], bool]) -> None:
    from jupyter_mlops.engines import open_engine
    from jupyter_mlops.settings import load_settings

    with (
        contextlib.suppress(EngineError),
        contextlib.closing(open_engine(name, load_settings())) as engine,
    ):
        engine.sweep(is_alive)


def cancel_run(store: Store, name: str) -> Run:
    """The run after it was told to end; its driver, if it lives, needs a moment to do so.

    A run that has ended is left as it is. One whose driver is dead is recorded as ``lost``, and
    what still runs of it is ended.

    Raises:
        UnknownRun: there is no such run, or more than one.
        StoreError: the store cannot be written, or another one drives the run.
        EngineError: the driver is dead and the engine does not answer.
    """
    run = store.catalog.find_run(name)
    if run.state != "running":
        return run
    folder = store.run_folder(run.run)
    if is_elsewhere(store, run.run):
        raise StoreError(
            f"run {run.run} is driven from another machine or store, on {run.host}",
            fix=f"`jupyter mlops cancel {run.run}` there; this store only shares its catalog",
        )
    store.ledger.append(action="cancel", subject=run.run)
    with disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_new(folder / "cancel", b"")
    if not is_alive(folder):
        from jupyter_mlops.engines import open_engine
        from jupyter_mlops.settings import load_settings

        with contextlib.closing(open_engine(run.engine, load_settings())) as engine:
            recover(store, [engine])
    return store.catalog.find_run(run.run)


def is_elsewhere(store: Store, run: str) -> bool:
    """True if another store that shares the catalog drives the run: it alone can tell its state."""
    return store.catalog.is_shared and not store.run_folder(run).is_dir()


def _close(store: Store, name: str) -> bool:
    """True if the run's driver is dead and the run is recorded as lost now."""
    from jupyter_mlops.settings import load_settings

    folder = store.run_folder(name)
    with try_hold(folder) as dead:
        if not dead:
            return False
        run = store.catalog.find_run(name)  # it may have ended before its driver let go
        if run.state != "running":
            return False
        _salvage(folder, store)
        lost = close_steps(run, "lost", "the process that drove the run died")
        store.catalog.save_run(lost, lambda record: tell_end(store, lost, record))
        standards = open_standards(load_settings(), store)
        tell_standards(standards, run.steps, lost)
        standards.close()
    return True


def _salvage(folder: Path, store: Store) -> None:
    """Record what the run's steps had published, so that it can be reused; remove the rest."""
    with disk_problems(folder):
        for step in sorted((folder / "steps").glob("*")):
            salvage(step, store)
            discard_attempts(step)
