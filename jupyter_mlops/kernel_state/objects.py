"""Objects of the state folder: pickles named by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from pickle import PickleBuffer
from typing import IO, Any

from jupyter_mlops.kernel_state import secrets
from jupyter_mlops.kernel_state.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.kernel_state.extents import Extent, Layout, padding, read_index, write_index
from jupyter_mlops.kernel_state.refusals import HoldsSecret
from jupyter_mlops.kernel_state.table import sync_folder

_PREFIX = "sha256:"
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 18
_PARTIAL = ".partial-"


class Sink:
    """A file to pickle into, which hashes what it gets and keeps it only if told where.

    Bytes beyond one MiB go to a temporary file as they come, so that a large object is never held
    twice in memory. Buffers are neither read nor copied before ``publish`` or ``fingerprint``, but
    for a step that has secrets: they are looked for in all that comes.

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
        self._watch = secrets.guarded.watch()
        self._head = bytearray()
        self._file: IO[bytes] | None = None
        self._buffers: list[tuple[PickleBuffer, Layout | None]] = []

    def write(self, data: Any) -> None:
        """Takes bytes of the pickle, or anything with a contiguous buffer.

        Raises:
            HoldsSecret: if a secret of the step is in them; nothing of them is kept.
        """
        if (name := self._watch.find(data)) is not None:
            raise HoldsSecret(name)
        self._put(data)

    def _put(self, data: Any) -> None:
        with memoryview(data) as view:
            self.size += view.nbytes
            self._hash.update(view)
            if self._folder is not None:
                self._keep(view, self._folder)

    def take(self, buffer: PickleBuffer, layout: Layout | None) -> None:
        """Takes a contiguous buffer that the pickle refers to, and which is put behind it.

        Raises:
            HoldsSecret: if a secret of the step is in it.
        """
        if (name := secrets.guarded.watch().find(buffer)) is not None:
            raise HoldsSecret(name)
        self._buffers.append((buffer, layout))

    def fingerprint(self, kept: Kept | None = None) -> str:
        """A digest of the pickle and the buffers, equal for equal ones.

        Args:
            kept: an object whose buffers these probably are; comparing costs less than hashing.
                Only fingerprints against one object can be compared with each other.
        """
        seen = self._hash.copy()
        buffers = [buffer.raw() for buffer, _ in self._buffers]
        same = kept.compare(buffers) if kept else [False] * len(buffers)
        for buffer, is_same in zip(buffers, same, strict=True):
            seen.update(b"kept" if is_same else hashlib.sha256(buffer).digest())
        return _PREFIX + seen.hexdigest()

    def publish(self) -> str:
        """Puts the object into the folder under its digest, which is returned."""
        assert self._folder is not None, "a sink without a folder has nothing to publish"
        try:
            self._write_buffers()
            if self._file is None:
                self._spill(self._folder)
            file = self._file
            assert file is not None
            file.flush()
            os.fsync(file.fileno())
            file.close()
            digest = _PREFIX + self._hash.hexdigest()
            temporary = Path(file.name)
            temporary.chmod(0o444)
            temporary.replace(object_path(self._folder, digest))
            sync_folder(self._folder)
        except BaseException:
            self.discard()
            raise
        self._file = None
        return digest

    def discard(self) -> None:
        """Forgets what was written and taken; nothing is left in the folder."""
        self._head = bytearray()
        self._buffers.clear()
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None

    def _write_buffers(self) -> None:
        if not self._buffers:
            return
        stream, extents = self.size, []
        for buffer, layout in self._buffers:
            self._put(padding(self.size))
            with buffer.raw() as view:
                extents.append(Extent(offset=self.size, size=view.nbytes, layout=layout))
                for start in range(0, view.nbytes, _CHUNK):
                    self._put(view[start : start + _CHUNK])
        self._buffers.clear()
        self._put(write_index(stream, extents))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The buffers of an object that was read.

    Attributes:
        path: of the object.
        extents: of its buffers.
    """

    path: Path
    extents: tuple[Extent, ...]

    def compare(self, buffers: Sequence[memoryview]) -> list[bool]:
        """Whether each buffer has the bytes of the object's buffer at its place."""
        try:
            with self.path.open("rb") as file:
                pairs = zip_longest(self.extents, buffers)
                return [
                    extent is not None and extent.holds(file, buffer)
                    for extent, buffer in islice(pairs, len(buffers))
                ]
        except OSError:
            return [False] * len(buffers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object that was read, its bytes found to match its digest.

    Attributes:
        stream: the pickle.
        buffers: what it refers to, in order; nothing else has their memory.
        kept: where they are stored.
    """

    stream: bytes
    buffers: tuple[Any, ...]
    kept: Kept


def read_object(folder: Path, digest: str) -> Stored:
    """The object, read once: the bytes that were hashed are the bytes that are given.

    It is not mapped: a file that is truncated under a mapping kills the process, and one that is
    changed changes what was verified.

    Raises:
        ObjectMissing: if it is not in the folder.
        ObjectCorrupted: if its bytes have another digest.
    """
    path = object_path(folder, digest)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise ObjectMissing(digest, where=str(path)) from None
    with file:
        try:
            index = read_index(file)
        except ValueError:
            raise ObjectCorrupted(digest, where=str(path)) from None
        file.seek(0)
        stream = file.read(index.stream)
        seen = hashlib.sha256(stream)
        buffers = []
        position = len(stream)
        for extent in index.extents:
            seen.update(file.read(extent.offset - position))
            buffer, data = extent.allocate()
            for start in range(0, extent.size, _CHUNK):
                part = data[start : start + _CHUNK]
                file.readinto(part)
                seen.update(part)
            buffers.append(buffer)
            position = extent.offset + extent.size
        seen.update(index.data)
    if _PREFIX + seen.hexdigest() != digest:
        raise ObjectCorrupted(digest, where=str(path))
    return Stored(
        stream=stream, buffers=tuple(buffers), kept=Kept(path=path, extents=index.extents)
    )


def remove_partial(folder: Path) -> None:
    """Removes what a killed kernel left half-written."""
    for path in folder.glob(f"{_PARTIAL}*"):
        path.unlink(missing_ok=True)
