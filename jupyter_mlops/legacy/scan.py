"""All notebooks of a folder, converted side by side; what is done is not done again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jupyter_mlops.errors import NotebookError
from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.folder import OccupiedFolder
from jupyter_mlops.legacy.report import PAGE
from jupyter_mlops.legacy.scanreport import DATA, write_scan
from jupyter_mlops.legacy.worker import Order
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.scan import Scan, Scanned, ScanState
from jupyter_mlops.runner.detached import last_words, start_driver
from jupyter_mlops.step.project import walk
from jupyter_mlops.store import lifeline
from jupyter_mlops.store.disk import disk_problems

JOBS = "jobs"
"""Folder of a scan below which the jobs lie, each at the path of its notebook."""
_RECORDS = ".scan"
_WORKER = "jupyter_mlops.legacy.worker"
_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWish:
    """What is asked for.

    Attributes:
        folder: what is scanned; nothing in it is touched.
        output: where jobs and reports go.
        jobs: notebooks that are converted at the same time.
        again: True to try again what was refused.
        engine, timeout, cell_timeout, steps, choice, network: as of a `Wish`, for each notebook.
        store: value of ``--store``, or None.
    """

    folder: Path
    output: Path
    jobs: int
    again: bool = False
    engine: Literal["auto", "docker", "local"] = "auto"
    timeout: float = 900.0
    cell_timeout: float = 300.0
    steps: bool = True
    choice: Choice = Choice()
    network: bool = False
    store: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A notebook and the places of what belongs to it."""

    path: str
    notebook: Path
    digest: str
    job: Path
    record: Path


def scan(
    wish: ScanWish,
    *,
    on_begin: Callable[[int, int], None],
    on_done: Callable[[Scanned], None],
    cancel: threading.Event,
) -> Scan:
    """What became of each notebook of the folder; the reports are written after each one.

    A scan that was killed goes on where it was: a notebook is done if its record is there, and
    the notebook has not changed since.

    Args:
        wish: what is asked for.
        on_begin: called with the number of notebooks, and of those that are done already.
        on_done: called with each notebook as it is done.
        cancel: ends the conversions that are going on when it is set.

    Raises:
        NotebookError: the folder holds none.
        OccupiedFolder: the output holds something else, or another scan works there.
    """
    with _held(wish):
        tasks = [_task(wish, path) for path in _notebooks(wish)]
        done = {task.path: found for task in tasks if (found := _recorded(task, wish)) is not None}
        if not tasks:
            raise NotebookError(f"{wish.folder} holds no notebook", fix="name another folder")
        on_begin(len(tasks), len(done))

        def state_of(state: ScanState) -> Scan:
            rows = tuple(done[path] for path in sorted(done))
            found = Scan(
                folder=str(wish.folder.absolute()),
                state=state,
                total=len(tasks),
                runs_today=sum(row.today is not None and row.today.runs for row in rows),
                converted=sum(row.state == "converted" for row in rows),
                notebooks=rows,
            )
            write_scan(found, wish.output)
            return found

        state_of("running")
        with ThreadPoolExecutor(wish.jobs) as pool:
            todo = [task for task in tasks if task.path not in done]
            futures = [pool.submit(_convert, task, wish, cancel) for task in todo]
            for future in as_completed(futures):
                found = future.result()
                if found is not None:
                    done[found.path] = found
                    on_done(found)
                    state_of("running")
        return state_of("done" if len(done) == len(tasks) else "stopped")


def _notebooks(wish: ScanWish) -> Iterator[str]:
    folder, output = wish.folder.resolve(), wish.output.resolve()
    own = [output.relative_to(folder).as_posix()] if output.is_relative_to(folder) else []
    for entry in walk(folder, skip=own):
        if entry.kind == "file" and entry.path.endswith(".ipynb"):
            yield entry.path


def _task(wish: ScanWish, path: str) -> _Task:
    notebook = wish.folder.absolute() / path
    return _Task(
        path=path,
        notebook=notebook,
        digest=of_bytes(notebook.read_bytes()),
        job=wish.output.absolute() / JOBS / path,
        record=wish.output.absolute() / _RECORDS / f"{path}.json",
    )


def _recorded(task: _Task, wish: ScanWish) -> Scanned | None:
    """What became of the notebook in an earlier scan, unless it is to be done anew."""
    try:
        found = from_json(Scanned, json.loads(task.record.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if found.digest != task.digest or found.state == "failed":
        return None
    return None if wish.again and found.state == "refused" else found


def _convert(task: _Task, wish: ScanWish, cancel: threading.Event) -> Scanned | None:
    """What became of the notebook in a process of its own; None if that was to end before."""
    if cancel.is_set():
        return None
    with disk_problems(task.record):
        task.record.unlink(missing_ok=True)
        shutil.rmtree(task.job, ignore_errors=True)  # what a killed scan left
        task.record.parent.mkdir(parents=True, exist_ok=True)
        log = task.record.with_suffix(".log").open("w+b")
    order = Order(
        path=task.path,
        digest=task.digest,
        record=str(task.record),
        report=f"{JOBS}/{task.path}/{PAGE}",
        notebook=str(task.notebook),
        folder=str(task.job),
        engine=wish.engine,
        timeout=wish.timeout,
        cell_timeout=wish.cell_timeout,
        steps=wish.steps,
        today=True,
        network=wish.network,
        accepted=tuple(sorted(wish.choice.accepted)),
        refused=tuple(sorted(wish.choice.refused)),
        store=wish.store,
        parent=os.getpid(),
    )
    with log:
        process = start_driver(_WORKER, order, log=log, answers=False)
        was_ended = _ended_by(process, cancel)
        with suppress(FileNotFoundError):
            return from_json(Scanned, json.loads(task.record.read_bytes()))
        if was_ended:
            shutil.rmtree(task.job, ignore_errors=True)
            return None
        words = " ".join(last_words(log).split())
        return Scanned(
            path=task.path,
            digest=task.digest,
            state="failed",
            cause=f"its process ended with {process.returncode}: {words}",
            next="scan again",
        )


def _ended_by(process: subprocess.Popen[bytes], cancel: threading.Event) -> bool:
    """True if the process was told to end, because ``cancel`` was set; it has ended."""
    while not cancel.is_set():
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_SECONDS)
            return False
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return True


@contextmanager
def _held(wish: ScanWish) -> Iterator[None]:
    """The output folder, made if it is not there, as long as no other scan works in it."""
    output = wish.output
    with disk_problems(output):
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            known = output / DATA
            folder = json.loads(known.read_bytes()).get("folder") if known.exists() else None
            if not (output / _RECORDS).is_dir() or folder not in (
                None,
                str(wish.folder.absolute()),
            ):
                raise OccupiedFolder(
                    f"{output} is neither empty nor of a scan of {wish.folder}",
                    fix="name a new folder with -o; nothing is overwritten",
                )
    with lifeline.try_hold(output / _RECORDS, patience=lifeline.A_MOMENT) as held:
        if not held:
            raise OccupiedFolder(
                f"another scan works in {output}", fix="wait for it, or name another folder with -o"
            )
        yield
