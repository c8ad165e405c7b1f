"""What the store does on disk: whole files or none, and problems that name the path and the fix."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlops.errors import StoreError

_ELSEWHERE = "choose another folder with --store or JUPYTER_MLOPS_STORE"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}

DAY = 24 * 60 * 60.0
"""Seconds after which a temporary file has no living writer any more."""


@contextmanager
def disk_problems(path: Path) -> Iterator[None]:
    """Turn an ``OSError`` of the body into a `StoreError` about ``path``.

    Raises:
        StoreError: the disk is full, read-only or broken; says which, and what to do.
    """
    try:
        yield
    except OSError as error:
        raise _store_error(path, error) from error


def is_disk_problem(error: OSError) -> bool:
    """True if a disk of this machine is full or may not be written."""
    return error.errno in _FULL | _FORBIDDEN


def _store_error(path: Path, error: OSError) -> StoreError:
    if error.errno in _FULL:
        return StoreError(
            f"{path} cannot be written: no space is left on its disk",
            fix=f"free some space, or {_ELSEWHERE}",
        )
    if error.errno in _FORBIDDEN:
        return StoreError(
            f"{path} cannot be used: {error.strerror}",
            fix=f"make it writable for this user, or {_ELSEWHERE}",
        )
    if error.errno in _NO_FOLDER:
        return StoreError(
            f"{path} cannot be a store's folder: {error.strerror}",
            fix=f"move away what stands in its place, or {_ELSEWHERE}",
        )
    return StoreError(
        f"{path}: {error.strerror or error}", fix=f"look at its disk, or {_ELSEWHERE}"
    )


def temporary(folder: Path) -> Path:
    """A new name in ``folder`` that nobody else uses; nothing is created."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def leftovers(folder: Path) -> list[Path]:
    """The temporary files that a killed writer left in ``folder`` a day ago or longer."""
    found = []
    for part in sorted(folder.glob(".*.tmp*")):
        try:
            if part.stat().st_mtime < time.time() - DAY:
                found.append(part)
        except FileNotFoundError:
            continue
    return found


def write_new(path: Path, data: bytes) -> bool:
    """True if ``path`` now holds ``data``; False, and nothing changed, if it existed already.

    The file appears whole or not at all, and survives a crash once this returns.
    """
    part = temporary(path.parent)
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return publish(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_over(path: Path, data: bytes) -> None:
    """Let ``path`` hold ``data``, whatever it held: a reader sees the old file or the new one."""
    part = temporary(path.parent)
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def publish(part: Path, target: Path) -> bool:
    """True if the synced file ``part`` now also is ``target``; False if that existed already."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        return False
    sync_folder(target.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the folder's entries survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
