"""What became of the old notebooks of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jupyter_mlops.model.conversion import OracleScore, Today

ScannedState = Literal["converted", "refused", "no notebook", "failed"]
"""``no notebook``: the file cannot be read as a Python notebook; ``failed``: the process that
converted it died or could not work, and the next scan tries it again."""

ScanState = Literal["running", "stopped", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One notebook of a scan. Field names don't change.

    Attributes:
        path: relative to the folder that was scanned.
        digest: of its bytes.
        state: what became of it.
        cause: why it was not converted, or empty.
        next: what to do next.
        today: whether it runs as it stands; None if it was not tried.
        oracle: how many stored outputs the job gives.
        environment: ``declared``, ``dated`` or ``current``; empty if none could be made.
        changes: number of changes to it.
        seconds: that it took.
        report: path of its report relative to the scan's; empty if it has none.
    """

    path: str
    digest: str
    state: ScannedState
    cause: str = ""
    next: str = ""
    today: Today | None = None
    oracle: OracleScore = OracleScore()
    environment: str = ""
    changes: int = 0
    seconds: float = 0.0
    report: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """All notebooks of a folder. Field names don't change.

    Attributes:
        folder: absolute path of what was scanned; nothing in it was touched.
        state: ``stopped`` if it was ended before every notebook was done.
        total: notebooks of the folder.
        runs_today: those that run as they stand.
        converted: those that became jobs.
        notebooks: those that are done, by path.
    """

    folder: str
    state: ScanState
    total: int
    runs_today: int
    converted: int
    notebooks: tuple[Scanned, ...]
