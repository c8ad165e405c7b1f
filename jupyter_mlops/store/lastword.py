"""The one report that a process leaves at its end, in a folder that it holds while it lives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol, TypeVar

from jupyter_mlops.errors import UnknownRun
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.store import lifeline
from jupyter_mlops.store.disk import disk_problems, write_new

_REPORT = "report.json"


class Report(Protocol):
    """A dataclass of a run and the state of what is done with it."""

    def __init__(self, *, run: str, state: Any) -> None: ...


R = TypeVar("R", bound=Report)


def write_report(folder: Path, report: object) -> None:
    """Write the report of whoever holds the folder (`lifeline.hold`).

    Raises:
        StoreError: the folder cannot be written.
    """
    with disk_problems(folder):
        write_new(folder / _REPORT, json.dumps(to_json(report)).encode())


def find_report(kind: type[R], folder: Path, run: str) -> R:
    """The report in the folder; without one: ``running``, or ``lost`` if nobody holds the folder.

    Args:
        kind: of the report.
        folder: of the run, for reports of this kind.
        run: its name.

    Raises:
        UnknownRun: nothing of this kind was done with the run.
        StoreError: the report cannot be read.
    """
    if not folder.is_dir():
        raise UnknownRun(run)
    is_driven = lifeline.is_alive(folder)  # before reading: its last word comes before
    with disk_problems(folder):
        try:
            return from_json(kind, json.loads((folder / _REPORT).read_bytes()))
        except FileNotFoundError:
            return kind(run=run, state="running" if is_driven else "lost")
