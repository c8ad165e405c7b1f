"""A folder of copies that stays below a size: what was used longest ago goes first."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

from jupyter_mlops.store.disk import disk_problems

IN_USE_SECONDS = 600.0
"""A copy used less long ago stays, whatever the limit: somebody may be about to read it."""

_SHARE = 20
"""The folder is looked through again when a twentieth of its limit was added."""


class Copies:
    """Read-only files below ``folder``, each at ``ab/name``, of at most ``limit`` bytes in all.

    Whoever has one open, or a hard link to it, keeps its bytes. Any number of processes may add,
    use and remove at the same time.

    Args:
        folder: may not exist yet.
        limit: bytes; 0 for none.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._added = limit
        self._lock = Lock()

    def used(self, path: Path) -> None:
        """Note that the copy is used now; nothing happens if it is gone."""
        with suppress(OSError):
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))

    def added(self, size: int) -> None:
        """Count so many new bytes, and remove what has become too much."""
        if not self._limit:
            return
        with self._lock:
            self._added += size
            if self._added <= self._limit // _SHARE:
                return
            self._added = 0
        self.trim()

    def trim(self) -> None:
        """Remove what was used longest ago until the rest is within the limit."""
        found, now = [], time.time()
        with disk_problems(self._folder):
            for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
                with suppress(FileNotFoundError):
                    state = path.stat()
                    found.append((state.st_atime, state.st_size, path))
            excess = sum(size for _, size, _ in found) - self._limit
            for used, size, path in sorted(found):
                if excess <= 0 or used > now - IN_USE_SECONDS:
                    return
                path.unlink(missing_ok=True)
                excess -= size
