"""Processes of attempts, found by what the system says about them (Linux; elsewhere none).

No process id is ever written down: a process belongs to an attempt if its environment names the
attempt's state folder, or if its standard output is the attempt's log. So a number that the system
gave to somebody else meanwhile is never mistaken.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

LOG = "step.log"
_MARK = b"JUPYTER_MLOPS_STATE="
_ROUNDS = 50
_PAUSE = 0.02


def attempts_by_process() -> dict[int, Path]:
    """The process id of everything that runs for an attempt → the attempt's folder."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        folder = _attempt_of(entry)
        if folder is not None and int(entry.name) != os.getpid():
            found[int(entry.name)] = folder
    return found


def run_of(attempt: Path) -> str | None:
    """The run that an attempt's folder belongs to; None if the path has another shape."""
    parts = attempt.parts
    if len(parts) < 6 or (parts[-2], parts[-4], parts[-6]) != ("attempts", "steps", "runs"):
        return None
    return parts[-5]


def kill_attempts(is_doomed: Callable[[Path], bool]) -> set[Path]:
    """Kill everything that runs for the attempts whose folder is doomed; their folders."""
    killed: set[Path] = set()
    for _ in range(_ROUNDS):
        doomed = {pid: at for pid, at in attempts_by_process().items() if is_doomed(at)}
        if not doomed:
            break
        killed |= set(doomed.values())
        _kill(doomed)
        time.sleep(_PAUSE)
    return killed


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def _attempt_of(process: Path) -> Path | None:
    try:
        variables = (process / "environ").read_bytes().split(b"\0")
        named = [v.removeprefix(_MARK) for v in variables if v.startswith(_MARK)]
        if named:
            return Path(os.fsdecode(named[0])).parent
        output = (process / "fd" / "1").readlink()
    except OSError:
        return None
    return output.parent if output.name == LOG else None
