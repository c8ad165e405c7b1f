"""One builder at a time in a folder of the cache: the others wait and find what it made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlops.store.disk import disk_problems

_WAIT = 1.0  # seconds between two looks at the lock


@contextmanager
def turn(folder: Path, on_line: Callable[[str], None]) -> Iterator[Path]:
    """An empty folder below ``folder``, while no other process has one there; removed afterwards.

    What a killed process left in it is removed first.

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
        scratch = folder / "scratch"
        with disk_problems(scratch):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        lock.release()
