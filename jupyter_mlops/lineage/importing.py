"""Runs of a file that somebody exported, taken into a store."""

from __future__ import annotations

import getpass
import platform
import secrets
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import UnknownRun
from jupyter_mlops.lineage.parcel import BadParcel, Parcel, open_parcel
from jupyter_mlops.lineage.portable import portable_run
from jupyter_mlops.model.crate import Imported
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.run import Arrival, Execution, Run
from jupyter_mlops.store.disk import disk_problems, temporary
from jupyter_mlops.store.objects import copy

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


def import_runs(store: Store, file: Path) -> Imported:
    """What was taken in of a file that `export_runs` made.

    All of it is verified before anything is written; nothing of it is unpickled, imported or run.
    Objects come first and the runs last, so that a killed import leaves bytes that nothing refers
    to, and can be done again. What is here already is left as it is.

    Args:
        store: into which.
        file: the path of the file.

    Raises:
        BadParcel: the file is damaged, foreign or too new; nothing was taken in.
        StoreError: another run or execution of a name is here, or the store cannot be written.
    """
    room = shutil.disk_usage(store.root).free
    writer = f"import.{secrets.token_hex(6)}"
    with (
        open_parcel(file, room=room) as parcel,
        store.catalog.writers.enter(writer),
        ExitStack() as telling,
    ):
        new = [run for run in parcel.runs if not _is_known(store, run, file)]
        names = {run.run for run in new}
        executions = {d: e for d, e in parcel.executions.items() if e.run in names}
        others = parcel.manifest.objects.keys() - parcel.executions - set(parcel.manifest.runs)
        taken = [digest for digest in (*sorted(others), *executions) if digest not in store.objects]
        if new or taken:
            told = {"path": str(file), "runs": sorted(names)}
            act = store.ledger.act(action="import", subject=parcel.digest, details=told)
            telling.enter_context(act).objects.extend(executions)
        for digest in taken:
            _take(store, parcel, digest)
        for name, digest in parcel.manifest.wheels.items():
            _shelve(store, digest, name)
        arrival = Arrival(
            user=getpass.getuser(),
            host=platform.node(),
            time=datetime.now(UTC).isoformat(),
            file=parcel.digest,
        )
        settled = [_settle(store, run, parcel.executions.values(), arrival) for run in new]
        store.catalog.receive(settled, executions)
        return Imported(
            file=str(file),
            digest=parcel.digest,
            runs=tuple(run.run for run in new),
            known=tuple(run.run for run in parcel.runs if run.run not in names),
            objects=len(taken),
            absent=parcel.manifest.absent,
        )


def _is_known(store: Store, run: Run, file: Path) -> bool:
    """True if the run is in the store already.

    Raises:
        BadParcel: another run of its name is.
    """
    try:
        here = store.catalog.find_run(run.run)
    except UnknownRun:
        return False
    if here.run != run.run:  # its name only begins so
        return False
    if portable_run(here) != run:
        raise BadParcel(
            file,
            f"another run is named {run.run} in this store",
            fix="import it into another store, with --store",
        )
    return True


def _take(store: Store, parcel: Parcel, digest: str) -> None:
    part = temporary(store.objects.root / "tmp")
    try:
        with disk_problems(store.root), parcel.open(digest) as source, part.open("xb") as target:
            copy(source, target)
        store.objects.adopt(part, digest)
    finally:
        part.unlink(missing_ok=True)


def _shelve(store: Store, digest: str, name: str) -> None:
    """Put a wheel where locks look for the wheels of packages that no index has."""
    folder = store.cache / "wheels" / digest.removeprefix(PREFIX)
    with disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
    store.objects.export(digest, folder / name)


def _settle(store: Store, run: Run, executions: Iterable[Execution], arrival: Arrival) -> Run:
    """The run as it is here, its executed notebooks where people find them."""
    folder = store.run_folder(run.run) / "notebooks"
    notebooks = {execution.execution: execution.result.notebook for execution in executions}
    steps = []
    for report in run.steps:
        digest = notebooks.get(report.execution or "")
        if report.notebook is not None and digest is not None:
            with disk_problems(folder):
                folder.mkdir(parents=True, exist_ok=True)
            store.objects.export(digest, folder / report.notebook)
        path = str(folder / report.notebook) if report.notebook is not None else None
        steps.append(replace(report, notebook=path))
    return replace(run, steps=tuple(steps), imported=arrival)
