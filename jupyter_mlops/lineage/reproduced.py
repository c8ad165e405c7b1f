"""What came of running a recorded run again, kept beside the first run that was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from jupyter_mlops.model.reproduction import ReproductionReport
from jupyter_mlops.store import Store, lifeline
from jupyter_mlops.store.lastword import find_report, write_report

_FOLDER = "reproduction"


@contextmanager
def record_reproduction(store: Store, run: str) -> Iterator[Callable[[ReproductionReport], None]]:
    """Takes the one report; the reproduction counts as running until the body ends.

    Raises:
        StoreError: the run's folder cannot be written.
    """
    folder = store.run_folder(run) / _FOLDER

    with lifeline.hold(folder):
        yield partial(write_report, folder)


def find_reproduction(store: Store, run: str) -> ReproductionReport:
    """What came of the reproduction that made the run.

    Raises:
        UnknownRun: no reproduction made a run of that name.
        StoreError: its report cannot be read.
    """
    return find_report(ReproductionReport, store.run_folder(run) / _FOLDER, run)
