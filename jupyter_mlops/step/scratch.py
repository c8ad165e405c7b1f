"""A private folder with a short path: for sockets, and what must not outlive an attempt."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "jmlops-"
_LONGEST = 60
"""Characters; a Unix socket's whole path must stay below 108."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder, readable by this user only and removed at the end.

    Folders whose process was killed before it could remove them are removed first.
    """
    base = _base()
    remove_old(base)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_old(base: Path) -> None:
    """Remove what processes left in a folder that were killed before they could remove it."""
    for old in base.glob(f"{_PREFIX}*-*"):
        pid = old.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            if pid.isdigit() and not _runs(int(pid)) and old.stat().st_uid == os.getuid():
                shutil.rmtree(old, ignore_errors=True)


def remove_scratch(pid: int) -> None:
    """Remove the folders of a process that ends without coming back to them."""
    for folder in _base().glob(f"{_PREFIX}{pid}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _base() -> Path:
    usual = Path(tempfile.gettempdir())
    return usual if len(str(usual)) <= _LONGEST else Path("/tmp")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
