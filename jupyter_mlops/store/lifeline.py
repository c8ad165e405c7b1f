"""The sign that a run's driver lives: a lock that the system frees however the driver dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.disk import disk_problems

_NAME = "driver.lock"


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep the sign of life of the run whose folder this is; the folder is created.

    Raises:
        StoreError: another process holds it, or the folder cannot be written.
    """
    with try_hold(folder) as held:
        if not held:
            raise StoreError(f"another process drives the run in {folder}")
        yield


@contextmanager
def try_hold(folder: Path) -> Iterator[bool]:
    """True if the driver of the run is dead, which nobody else can find out at the same time."""
    from filelock import FileLock, Timeout

    with disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _NAME, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            held = False
        else:
            held = True
    try:
        yield held
    finally:
        if held:
            lock.release()


def is_alive(folder: Path) -> bool:
    """True if the driver of the run whose folder this is lives."""
    if not (folder / _NAME).exists():
        return False
    with try_hold(folder) as held:
        return not held
