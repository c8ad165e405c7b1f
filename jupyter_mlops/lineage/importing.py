"""Runs of a file that somebody exported, taken into a store."""

from __future__ import annotations

import getpass
import platform
import secrets
import shutil
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import EngineError, EnvironmentFailure, UnknownRun
from jupyter_mlops.lineage.parcel import BadParcel, Parcel, open_parcel
from jupyter_mlops.lineage.portable import portable_run
from jupyter_mlops.model.crate import Absent, Imported
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.run import Arrival, Execution, Run
from jupyter_mlops.store.disk import disk_problems, temporary
from jupyter_mlops.store.hashing import copy

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


def import_runs(store: Store, file: Path) -> Imported:
    """What was taken in of a file that `export_runs` made.

    All of it is verified before anything is written; nothing of it is unpickled, imported or run.
    Objects come first and the runs last, so that a killed import leaves bytes that nothing refers
    to, and can be done again. What is here already is left as it is. Images are given to the Docker
    engine at the end: the runs are whole without them.

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
        taken = [d for d in (*_others(parcel), *executions) if d not in store.objects]
        images = parcel.manifest.images
        if new or taken or images:
            told = {"path": str(file), "runs": sorted(names)}
            if images:
                told["images"] = sorted(images)
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
        loaded, refused = _load_images(parcel)
        return Imported(
            file=str(file),
            digest=parcel.digest,
            runs=tuple(run.run for run in new),
            known=tuple(run.run for run in parcel.runs if run.run not in names),
            objects=len(taken),
            images=loaded,
            absent=(*parcel.manifest.absent, *refused),
        )


def _others(parcel: Parcel) -> list[str]:
    """The objects that the store keeps besides records: those of images are the engine's."""
    images = parcel.manifest.images
    parts = {*images, *(layer for layers in images.values() for layer in layers)}
    kept = parcel.manifest.objects.keys() - parcel.executions - set(parcel.manifest.runs)
    return sorted(kept - (parts - parcel.needed))


def _load_images(parcel: Parcel) -> tuple[tuple[str, ...], tuple[Absent, ...]]:
    """Ids of the images that are new to the engine, and those that it could not be given."""
    from jupyter_mlops.environments import connect
    from jupyter_mlops.environments.imagefile import load_image

    images, sizes = parcel.manifest.images, parcel.manifest.objects
    loaded, refused = [], []
    for image, layers in images.items():
        try:
            with closing(connect()) as client:
                if load_image(client, image, layers, sizes, parcel.open):
                    loaded.append(image)
        except (EngineError, EnvironmentFailure) as problem:
            refused.append(Absent(kind="image", name=image, why=problem.message))
    return tuple(loaded), tuple(refused)


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
