"""What a verification found, kept beside the run that it made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyter_mlops.store import Store, lifeline
from jupyter_mlops.store.disk import disk_problems, write_new
from jupyter_mlops.store.lastword import find_report, write_report
from jupyter_mlops.verify.compare import CellVerdict

if TYPE_CHECKING:
    from jupyter_mlops.verify.compare import Verification

_FOLDER = "verification"
_CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """A notebook in one kernel against its pipeline, while or after both run.

    Attributes:
        run: name of the pipeline's run, which is recorded like any other.
        state: ``running``; ``done``; ``cancelled``; ``failed`` if both could not be run; ``lost``
            if the process that compared them died.
        same: True if no cell differs or was refused; null before it is known.
        message: why it failed, or empty.
        cells: the compared cells in notebook order.
    """

    run: str
    state: Literal["running", "done", "failed", "cancelled", "lost"]
    same: bool | None = None
    message: str = ""
    cells: tuple[CellVerdict, ...] = ()


class Recorded:
    """A verification that is going on; one report is written at its end.

    Args:
        run: the run's name.
        folder: where the report goes.
    """

    def __init__(self, run: str, folder: Path) -> None:
        self._run, self._folder = run, folder

    def finish(self, found: Verification) -> None:
        """Write down what was found."""
        self._write(
            VerificationReport(run=self._run, state="done", same=found.same, cells=found.cells)
        )

    def fail(self, message: str) -> None:
        """Write down why both could not be run."""
        self._write(VerificationReport(run=self._run, state="failed", message=message))

    def end_cancelled(self) -> None:
        """Write down that it was to end."""
        self._write(VerificationReport(run=self._run, state="cancelled"))

    def is_cancelled(self) -> bool:
        """True once somebody asked to end it."""
        return (self._folder / _CANCEL).exists()

    def _write(self, report: VerificationReport) -> None:
        write_report(self._folder, report)


@contextmanager
def record_verification(store: Store, run: str) -> Iterator[Recorded]:
    """A verification that counts as running while the body runs, and as lost if it dies.

    Raises:
        StoreError: the run's folder cannot be written.
    """
    folder = store.run_folder(run) / _FOLDER
    with lifeline.hold(folder):
        yield Recorded(run, folder)


def find_verification(store: Store, run: str) -> VerificationReport:
    """What the verification that made the run found.

    Raises:
        UnknownRun: no verification made a run of that name.
        StoreError: its report cannot be read.
    """
    return find_report(VerificationReport, store.run_folder(run) / _FOLDER, run)


def cancel_verification(store: Store, run: str) -> None:
    """Tell the verification that made the run to end, if there is one.

    Raises:
        StoreError: the run's folder cannot be written.
    """
    folder = store.run_folder(run) / _FOLDER
    if folder.is_dir():
        with disk_problems(folder):
            write_new(folder / _CANCEL, b"")
