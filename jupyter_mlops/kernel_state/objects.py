"""Objects of the state folder: pickles named by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from jupyter_mlops.kernel_state.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.kernel_state.table import sync_folder

_PREFIX = "sha256:"
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 20
_PARTIAL = ".partial-"


class Sink:
    """A file to pickle into, which hashes what it gets and keeps it only if told where.

    Bytes beyond one MiB go to a temporary file as they come, so that a large object is never held
    twice in memory.

    Args:
        folder: where ``publish`` will put the object, or None to hash only.

    Attributes:
        size: bytes written so far.
        failure: with which the folder refused them, or None.
    """

    def __init__(self, folder: Path | None) -> None:
        self.size = 0
        self.failure: OSError | None = None
        self._folder = folder
        self._hash = hashlib.sha256()
        self._head = bytearray()
        self._file: IO[bytes] | None = None

    @property
    def digest(self) -> str:
        """Of the bytes written so far."""
        return _PREFIX + self._hash.hexdigest()

    def write(self, data: Any) -> None:
        """Takes bytes or anything with a contiguous buffer."""
        with memoryview(data) as view:
            self.size += view.nbytes
            self._hash.update(view)
            if self._folder is not None:
                self._keep(view, self._folder)

    def publish(self) -> str:
        """Puts the object into the folder under its digest, which is returned."""
        assert self._folder is not None, "a sink without a folder has nothing to publish"
        if self._file is None:
            self._spill(self._folder)
        file = self._file
        assert file is not None
        file.flush()
        os.fsync(file.fileno())
        file.close()
        temporary = Path(file.name)
        temporary.chmod(0o444)
        temporary.replace(object_path(self._folder, self.digest))
        sync_folder(self._folder)
        self._file = None
        return self.digest

    def discard(self) -> None:
        """Forgets what was written; nothing is left in the folder."""
        self._head = bytearray()
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None

    def _keep(self, view: memoryview, folder: Path) -> None:
        try:
            if self._file is None and self.size > _IN_MEMORY:
                self._spill(folder)
            if self._file is not None:
                self._file.write(view)
            else:
                self._head += view
        except OSError as error:
            self.failure = error
            raise

    def _spill(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=_PARTIAL)
        os.close(handle)
        self._file = Path(name).open("wb")  # noqa: SIM115 -- closed by publish or discard
        self._file.write(self._head)
        self._head = bytearray()


def object_path(folder: Path, digest: str) -> Path:
    """Where the object of that digest lies in an objects folder."""
    return folder / digest.removeprefix(_PREFIX)


def open_verified(folder: Path, digest: str) -> BufferedReader:
    """The object, open for reading, after its bytes were found to match its digest.

    Raises:
        ObjectMissing: if it is not in the folder.
        ObjectCorrupted: if its bytes have another digest.
    """
    path = object_path(folder, digest)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise ObjectMissing(digest, where=str(path)) from None
    seen = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        seen.update(chunk)
    if _PREFIX + seen.hexdigest() != digest:
        file.close()
        raise ObjectCorrupted(digest, where=str(path))
    file.seek(0)
    return file


def remove_partial(folder: Path) -> None:
    """Removes what a killed kernel left half-written."""
    for path in folder.glob(f"{_PARTIAL}*"):
        path.unlink(missing_ok=True)
