"""Conversions to look at before their jobs are written: each in a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyter_mlops.errors import MlopsError, UnknownConversion
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.conversion import Conversion, ConversionReport
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.scan import Scanned
from jupyter_mlops.runner.detached import last_words, start_driver
from jupyter_mlops.store import lifeline
from jupyter_mlops.store.disk import DAY, disk_problems

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

_WORKER = "jupyter_mlops.legacy.worker"
_RECORD, _LOG, _JOB, _PID, _CANCEL = "record.json", "log", "job", "pid", "cancel"
_KEPT_DAYS = 7
_MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewWish:
    """What is asked for.

    Attributes:
        notebook: the old one.
        engine, steps, network: as of a `Wish`.
        accepted, refused: pieces, as of a `Choice`.
        store: value of ``--store``, or None.
    """

    notebook: Path
    engine: Literal["auto", "docker", "local"]
    steps: bool
    network: bool
    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    store: str | None


def begin_conversion(store: Store, wish: PreviewWish) -> str:
    """The name of a conversion that has begun; it goes on whatever becomes of this process.

    Raises:
        NotebookError: there is no such file.
        UnknownChange: a piece names no change.
        MlopsError: the process does not start.
    """
    from jupyter_mlops.legacy.choice import choice_of
    from jupyter_mlops.legacy.convert import RULES, Wish
    from jupyter_mlops.legacy.worker import Order
    from jupyter_mlops.notebook.document import read_bytes

    choice_of(wish.accepted, wish.refused, RULES)
    _sweep(store)
    name = secrets.token_hex(8)
    folder = _folders(store) / name
    usual = Wish(notebook=wish.notebook, folder=folder / _JOB)
    order = Order(
        path=wish.notebook.name,
        digest=of_bytes(read_bytes(wish.notebook)),
        record=str(folder / _RECORD),
        report=_JOB,
        notebook=str(wish.notebook),
        folder=str(folder / _JOB),
        engine=wish.engine,
        timeout=usual.timeout,
        cell_timeout=usual.cell_timeout,
        steps=wish.steps,
        today=False,
        network=wish.network,
        accepted=wish.accepted,
        refused=wish.refused,
        store=wish.store,
        parent=None,
    )
    with disk_problems(folder):
        folder.mkdir(parents=True)
        log = (folder / _LOG).open("w+b")
    with log:
        process = start_driver(_WORKER, order, log=log, answers=True)
        threading.Thread(target=process.wait, name="conversion", daemon=True).start()
        (folder / _PID).write_text(str(process.pid))
        assert process.stdout is not None
        with process.stdout:
            if not process.stdout.readline():  # it holds its sign of life before it answers
                raise MlopsError(f"the conversion did not begin: {last_words(log)}")
    return name


def find_conversion(store: Store, name: str) -> ConversionReport:
    """What a conversion came to, or how far it is.

    Raises:
        UnknownConversion: there is none of that name.
    """
    folder = _folder(store, name)
    is_alive = lifeline.is_alive(folder)  # before reading: its last word comes before
    with disk_problems(folder):
        lines = (folder / _LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        report = ConversionReport(
            conversion=name, state="running", lines=tuple(lines[-_MOST_LINES:])
        )
        try:
            row = from_json(Scanned, json.loads((folder / _RECORD).read_bytes()))
        except FileNotFoundError:
            if is_alive:
                return report
            return replace(report, state="cancelled" if (folder / _CANCEL).exists() else "lost")
        if row.state not in ("converted", "refused"):
            message = f"{row.cause}\n{row.next}" if row.next else row.cause
            return replace(report, state="failed", message=message)
        return replace(report, state="done", found=from_json(Conversion, _report(folder)))


def cancel_conversion(store: Store, name: str) -> ConversionReport:
    """What a conversion had come to when it was told to end; nothing of it is kept.

    Raises:
        UnknownConversion: there is none of that name.
    """
    folder = _folder(store, name)
    if lifeline.is_alive(folder):
        (folder / _CANCEL).touch()
        with suppress(ProcessLookupError):
            os.kill(int((folder / _PID).read_text()), signal.SIGTERM)
    return find_conversion(store, name)


def write_conversion(store: Store, name: str, target: Path) -> Conversion:
    """The conversion with its job in a folder of its own, whole or not at all.

    Raises:
        UnknownConversion: there is none of that name.
        MlopsError: it has not come to its end.
        OccupiedFolder: the folder is not empty.
    """
    from jupyter_mlops.legacy.folder import refuse_occupied
    from jupyter_mlops.legacy.report import write_reports

    report = find_conversion(store, name)
    if report.found is None:
        raise MlopsError(f"the conversion {name} is {report.state}: it has no job to write")
    refuse_occupied(target)
    old = report.found.notebook
    job = _folder(store, name) / _JOB
    notebook = str(target.absolute() / Path(old).relative_to(job.absolute()))
    found = replace(report.found, notebook=notebook, next=report.found.next.replace(old, notebook))
    part = target.parent / f".{secrets.token_hex(8)}.tmp"
    with disk_problems(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copytree(job, part)
            write_reports(found, part)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return found


def _folders(store: Store) -> Path:
    return store.cache / "conversions"


def _folder(store: Store, name: str) -> Path:
    folder = _folders(store) / name
    if not name.isalnum() or not folder.is_dir():
        raise UnknownConversion(name)
    return folder


def _report(folder: Path) -> Mapping[str, object]:
    from jupyter_mlops.legacy.report import DATA

    found: Mapping[str, object] = json.loads((folder / _JOB / DATA).read_bytes())
    return found


def _sweep(store: Store) -> None:
    """Remove what nobody has looked at for days."""
    for folder in _folders(store).glob("*"):
        is_old = folder.stat().st_mtime < time.time() - _KEPT_DAYS * DAY
        if is_old and not lifeline.is_alive(folder):
            shutil.rmtree(folder, ignore_errors=True)
