"""Files as the bytes of objects: opened, hashed, copied, and made to last."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import BinaryIO

from jupyter_mlops.model.identity import PREFIX

READ_ONLY = 0o444
_CHUNK = 1 << 20


def open_regular(path: Path) -> BufferedReader:
    """The file, opened; never a link's target, a pipe or a device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def digest_of(path: Path) -> str:
    """The digest of the file's bytes."""
    with path.open("rb") as file:
        return digest_of_open(file)


def digest_of_open(file: BufferedReader) -> str:
    """The digest of the bytes that are left in the file."""
    return PREFIX + hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: BinaryIO, target: BinaryIO | None = None) -> tuple[str, int]:
    """Digest and size of what ``source`` gives, which is written to ``target`` as it comes."""
    hasher, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        hasher.update(chunk)
        if target is not None:
            target.write(chunk)
        size += len(chunk)
    return PREFIX + hasher.hexdigest(), size


def seal(file: BufferedReader | BufferedWriter) -> None:
    """Make the file read-only and durable."""
    if file.writable():
        file.flush()
    os.fchmod(file.fileno(), READ_ONLY)
    os.fsync(file.fileno())
