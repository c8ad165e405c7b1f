"""One builder at a time in a folder of the cache: the others wait and find what it made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlops.store.disk import disk_problems

_SCRATCH = "scratch-"
_WAIT = 1.0  # seconds between two looks at the lock


@contextmanager
def turn(folder: Path, on_line: Callable[[str], None]) -> Iterator[Path]:
    """A new folder below ``folder``, while no other process has one there; removed afterwards.

    What killed processes left there is removed first. No two have the same name, because a program
    that a killed process started may still write into its folder.

    Args:
        folder: is made if it does not exist.
        on_line: called while another process is waited for.

    Raises:
        StoreError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    with disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_line("waiting for another build")
            while not lock.is_locked:
                try:
                    lock.acquire(timeout=_WAIT)
                except Timeout:
                    on_line("  waiting")
    try:
        for left in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        with disk_problems(folder):
            scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=folder))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        lock.release()
