"""Keeps what a step writes away from the user's large files, which its folder only links to."""

# Runs inside an audit hook, for which path objects are too slow.
# ruff: noqa: PTH105, PTH108, PTH114, PTH118, PTH119, PTH120

from __future__ import annotations

import os
import shutil
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR


def is_write(flags: int) -> bool:
    """True if a file opened with these flags can be changed."""
    return bool(flags & _WRITES)


def detach(path: Any, work: str, *, truncates: bool) -> None:
    """Replaces a link that leads out of the working folder by a file of the step's own.

    Called before the file is opened for writing. Native code that opens files itself is not seen.

    Args:
        path: what is opened.
        work: real path of the working folder.
        truncates: True if the content is thrown away anyway.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    name = os.fsdecode(path)
    if not os.path.islink(name):
        return
    folder = os.path.realpath(os.path.dirname(name) or ".")
    target = os.path.realpath(name)
    if not _is_inside(folder, work) or _is_inside(target, work):
        return
    if truncates:
        os.unlink(name)
        return
    own = os.path.join(folder, f".{os.path.basename(name)}.own")
    shutil.copy2(target, own)
    os.replace(own, name)


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}{os.sep}")
