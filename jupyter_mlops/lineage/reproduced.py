"""What came of running a recorded run again, kept beside the first run that was made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jupyter_mlops.errors import UnknownRun
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.reproduction import ReproductionReport
from jupyter_mlops.store import Store, lifeline
from jupyter_mlops.store.disk import disk_problems, write_new

_FOLDER = "reproduction"
_REPORT = "report.json"


@contextmanager
def record_reproduction(store: Store, run: str) -> Iterator[Callable[[ReproductionReport], None]]:
    """Takes the one report; the reproduction counts as running until the body ends.

    Raises:
        StoreError: the run's folder cannot be written.
    """
    folder = store.run_folder(run) / _FOLDER

    def write(report: ReproductionReport) -> None:
        with disk_problems(folder):
            write_new(folder / _REPORT, json.dumps(to_json(report)).encode())

    with lifeline.hold(folder):
        yield write


def find_reproduction(store: Store, run: str) -> ReproductionReport:
    """What came of the reproduction that made the run.

    Raises:
        UnknownRun: no reproduction made a run of that name.
        StoreError: its report cannot be read.
    """
    folder = store.run_folder(run) / _FOLDER
    if not folder.is_dir():
        raise UnknownRun(run)
    is_driven = lifeline.is_alive(folder)  # before reading: its last word comes before
    with disk_problems(folder):
        try:
            return from_json(ReproductionReport, json.loads((folder / _REPORT).read_bytes()))
        except FileNotFoundError:
            return ReproductionReport(run=run, state="running" if is_driven else "lost")
