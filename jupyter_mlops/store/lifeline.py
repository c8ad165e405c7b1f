"""The sign that a run's driver lives: a lock that the system frees however the driver dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.disk import disk_problems

if TYPE_CHECKING:
    from filelock import BaseFileLock

_NAME = "driver.lock"

A_MOMENT = 2.0
"""Seconds to wait for a lock whose holder was killed while it started a process: until that process
has begun its program, it has all that its parent had, the lock as well."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep the sign of life of the run whose folder this is; the folder is created.

    Raises:
        StoreError: another process holds it, or the folder cannot be written.
    """
    with try_hold(folder, patience=A_MOMENT) as held:
        if not held:
            raise StoreError(f"another process drives the run in {folder}")
        yield


@contextmanager
def try_hold(folder: Path, *, patience: float = 0) -> Iterator[bool]:
    """True if the driver of the run is dead, which nobody else can find out at the same time.

    Args:
        folder: of the run; it is created.
        patience: seconds to wait until the driver is dead.
    """
    with disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = _try_lock(folder, patience)
    try:
        yield lock is not None
    finally:
        if lock:
            lock.release()


def is_alive(folder: Path) -> bool:
    """True if the driver of the run whose folder this is lives."""
    if not (folder / _NAME).exists():
        return False
    with disk_problems(folder):
        try:
            lock = _try_lock(folder)
        except FileNotFoundError:  # its driver ended meanwhile, and removed the folder
            return False
    if lock:
        lock.release()
    return lock is None


def _try_lock(folder: Path, patience: float = 0) -> BaseFileLock | None:
    """The lock, held; None if another process holds it for longer than that many seconds."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _NAME, timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock
