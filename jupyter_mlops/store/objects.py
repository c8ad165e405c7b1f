"""Immutable bytes by digest: written whole or not at all, stored once, verified on read."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import wraps
from io import BufferedReader
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.store.digests import FileDigests
from jupyter_mlops.store.disk import disk_problems, leftovers, publish, sync_folder, temporary
from jupyter_mlops.store.hashing import READ_ONLY, copy, digest_of_open, open_regular, seal

P = ParamSpec("P")
T = TypeVar("T")

GARBAGE = "gc."
"""How the names of piles begin that hold what nothing on record referred to."""

_DIGEST = re.compile(re.escape(PREFIX) + r"([0-9a-f]{64})")
_AT_ONCE = 16
"""A disk makes many files durable in one go, a server answers many while one would wait."""
ASIDE = "aside"
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES}


def _found_again(
    method: Callable[Concatenate[Objects, str, P], T],
) -> Callable[Concatenate[Objects, str, P], T]:
    """The method, which does not miss an object that was moved aside before somebody needed it."""

    @wraps(method)
    def call(self: Objects, digest: str, /, *args: P.args, **options: P.kwargs) -> T:
        try:
            return method(self, digest, *args, **options)
        except ObjectMissing:
            if not self._find_again(digest):
                raise
            return method(self, digest, *args, **options)

    return call


class Objects:
    """The objects below ``root``, each at ``ab/abcdef…`` by the hex digits of its SHA-256.

    Every method raises `StoreError` (disk full, read-only, broken; or a malformed digest) besides
    what it documents.

    Args:
        root: the folder.
        stamps: folder in which it is remembered what was verified; None: in memory.

    Attributes:
        parallel_from: of so many objects on, `each` takes many at once.
    """

    parallel_from = 64

    def __init__(self, root: Path, *, stamps: Path | None = None) -> None:
        self.root = root
        self._stamps = FileDigests(stamps, linked=True)
        self._parts = root / "tmp"

    def create(self) -> None:
        """Make the folders, and remove what a killed writer left behind more than a day ago."""
        with disk_problems(self.root):
            self._parts.mkdir(parents=True, exist_ok=True)
            for part in leftovers(self._parts):
                part.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the object is, or would be."""
        name = _hex(digest)
        return self.root / name[:2] / name

    def __contains__(self, digest: str) -> bool:
        return self.path(digest).is_file() or self._find_again(digest)

    @_found_again
    def size(self, digest: str) -> int:
        """Bytes of the object; raises ObjectMissing."""
        path = self.path(digest)
        with _object_problems(digest, path):
            return path.stat().st_size

    def put_bytes(self, data: bytes) -> str:
        """The digest of ``data``, which is in the store from now on."""
        digest = PREFIX + hashlib.sha256(data).hexdigest()
        if self._is_sound(digest):
            return digest
        with disk_problems(self.root):
            part = temporary(self._parts)
            try:
                with part.open("xb") as file:
                    file.write(data)
                    seal(file)
                self._publish(part, digest)
            finally:
                part.unlink(missing_ok=True)
        return digest

    def put_file(self, path: Path) -> tuple[str, int]:
        """Digest and size of a copy of the file as it was read, even if it changes meanwhile."""
        with disk_problems(self.root):
            part = temporary(self._parts)
            try:
                with open_regular(path) as source, part.open("xb") as target:
                    digest, size = copy(source, target)
                    seal(target)
                if not self._is_sound(digest):
                    self._publish(part, digest)
            finally:
                part.unlink(missing_ok=True)
        return digest, size

    def adopt(self, path: Path, digest: str) -> None:
        """Move the file into the store, without a copy where both are on one file system.

        Raises:
            ObjectCorrupted: its bytes have another digest; it stays where it is.
            ObjectMissing: there is no such file.
        """
        with _object_problems(digest, path):
            with open_regular(path) as file:
                if digest_of_open(file) != digest:
                    raise ObjectCorrupted(digest, where=str(path))
                if not self._is_sound(digest):
                    self._move_in(path, file, digest)
            path.unlink(missing_ok=True)

    @_found_again
    def read_bytes(self, digest: str) -> bytes:
        """The object's bytes, verified; raises ObjectMissing, ObjectCorrupted."""
        return self.read_stored(digest)

    def read_stored(self, digest: str) -> bytes:
        """The same, and never of an object that was moved aside."""
        path = self.path(digest)
        with _object_problems(digest, path):
            data = path.read_bytes()
        if PREFIX + hashlib.sha256(data).hexdigest() != digest:
            raise ObjectCorrupted(digest, where=str(path))
        return data

    @_found_again
    def verify(self, digest: str) -> None:
        """Return if the object's bytes are sound; raises ObjectMissing, ObjectCorrupted."""
        self._verify_file(digest)

    @_found_again
    def trust(self, digest: str) -> None:
        """Return if the object was sound when it was last read, and looks as it did then.

        It is read if nobody knows; who uses its bytes verifies them anyway.

        Raises:
            ObjectMissing, ObjectCorrupted: it is not.
        """
        path = self.path(digest)
        with _object_problems(digest, path):
            if self._stamps.of(path) != digest:
                raise ObjectCorrupted(digest, where=str(path))

    def inspect(self, digest: str) -> None:
        """The same as `verify`, and never of a copy that is kept elsewhere."""
        self._verify_file(digest)

    def digests(self) -> Iterator[str]:
        """The digest of every object, sound or not, in order."""
        with disk_problems(self.root):
            for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
                for name in sorted(path.name for path in folder.iterdir()):
                    if is_object_name(folder.name, name):
                        yield PREFIX + name

    def head(self, digest: str, size: int) -> bytes:
        """At most ``size`` first bytes of the object, not verified; raises ObjectMissing."""
        path = self.path(digest)
        with _object_problems(digest, path), path.open("rb") as file:
            return file.read(size)

    def strays(self) -> Iterator[str]:
        """The paths of files that are no objects: what killed writers left, and what is foreign."""
        with disk_problems(self.root):
            yield from map(str, leftovers(self._parts))
            for path in sorted(self.root.rglob("*")):
                if path.is_dir() or path.relative_to(self.root).parts[0] in ("tmp", ASIDE):
                    continue
                if path.parent.parent != self.root or not is_object_name(
                    path.parent.name, path.name
                ):
                    yield str(path)

    def writable(self) -> Iterator[str]:
        """The digests of objects that somebody made writable; none where there are no modes."""
        for digest in self.digests():
            with _object_problems(digest, self.path(digest)), suppress(FileNotFoundError):
                if self.path(digest).stat().st_mode & 0o222:
                    yield digest

    def protect(self, digest: str) -> None:
        """Make the object read-only; raises ObjectMissing."""
        with _object_problems(digest, self.path(digest)):
            self.path(digest).chmod(READ_ONLY)

    def move_aside(self, digest: str, pile: str) -> bool:
        """True if the object lies in a pile now, out of everybody's sight; False without one."""
        path, target = self.path(digest), self._aside(pile) / _hex(digest)
        with disk_problems(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.rename(target)
            except FileNotFoundError:
                return False
            sync_folder(target.parent)
        return True

    def piles(self) -> list[str]:
        """The names of the piles of objects that were moved aside, in order."""
        with disk_problems(self.root):
            folder = self.root / ASIDE
            return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def aside(self, pile: str) -> list[str]:
        """The digests of the objects in a pile, in order."""
        with disk_problems(self.root), suppress(FileNotFoundError):
            return sorted(PREFIX + path.name for path in self._aside(pile).iterdir())
        return []

    def bring_back(self, digest: str, pile: str) -> bool:
        """True if the object stands in its place; False if it lies in the pile no more."""
        path, target = self._aside(pile) / _hex(digest), self.path(digest)
        with disk_problems(target):
            try:
                self._publish(path, digest)
            except FileNotFoundError:
                return target.is_file()
        return True

    def drop(self, digest: str, pile: str) -> None:
        """Remove the object from the pile for good, and an empty pile."""
        with disk_problems(self.root):
            (self._aside(pile) / _hex(digest)).unlink(missing_ok=True)
            with suppress(OSError):
                self._aside(pile).rmdir()

    def each(self, digests: Collection[str], work: Callable[[str], object]) -> None:
        """Do ``work`` for every digest: one by one, or many at once where that is faster.

        The first problem ends it; no further work begins then.
        """
        if len(digests) < self.parallel_from:
            for digest in digests:
                work(digest)
            return
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(work, digests):
                pass

    @_found_again
    def checkout(self, digest: str, folder: Path) -> Path:
        """``folder/<hex>``: the verified object, read-only, as a hard link or else a copy.

        Raises:
            ObjectMissing, ObjectCorrupted: nothing is left in ``folder``.
        """
        self._verify_file(digest)
        path, target = self.path(digest), folder / _hex(digest)
        with disk_problems(target):
            target.unlink(missing_ok=True)
            try:
                target.hardlink_to(path)
            except OSError as error:
                if not path.exists():
                    raise ObjectMissing(digest, where=str(path.parent)) from None
                if error.errno not in _NO_LINK:
                    raise
                self._copy_out(digest, target, mode=READ_ONLY)
        return target

    @_found_again
    def export(self, digest: str, target: Path) -> None:
        """Put a writable copy at ``target``, whole or not at all; what stood there is replaced.

        Raises:
            ObjectMissing, ObjectCorrupted: ``target`` is as it was.
        """
        with disk_problems(target):
            self._copy_out(digest, target, mode=None)

    def _find_again(self, digest: str) -> bool:
        """True if the object was moved aside as garbage and stands in its place again."""
        for pile in self.piles():
            if pile.startswith(GARBAGE) and digest in self.aside(pile):
                return self.bring_back(digest, pile)
        return False

    def _aside(self, pile: str) -> Path:
        return self.root / ASIDE / pile

    def _copy_out(self, digest: str, target: Path, *, mode: int | None) -> None:
        part = temporary(target.parent)
        try:
            path = self.path(digest)
            with _object_problems(digest, path):
                source = path.open("rb")
            with source, part.open("xb") as file:
                if copy(source, file)[0] != digest:
                    raise ObjectCorrupted(digest, where=str(path))
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                part.chmod(mode)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _is_sound(self, digest: str) -> bool:
        try:
            self._verify_file(digest)
        except (ObjectMissing, ObjectCorrupted):
            return False
        return True

    def _verify_file(self, digest: str) -> None:
        path = self.path(digest)
        with _object_problems(digest, path), path.open("rb") as file:
            found = digest_of_open(file)
        if found != digest:
            self._stamps.forget(path)
            raise ObjectCorrupted(digest, where=str(path))

    def _move_in(self, path: Path, file: BufferedReader, digest: str) -> None:
        try:
            seal(file)
            self._publish(path, digest)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            if self.put_file(path)[0] != digest:
                raise ObjectCorrupted(digest, where=str(path)) from None

    def _publish(self, part: Path, digest: str) -> None:
        """Give the sealed file its name; a corrupted object of that name is replaced."""
        target = self.path(digest)
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            sync_folder(self.root)
        if publish(part, target) or self._is_sound(digest):
            return
        spare = temporary(self._parts)
        spare.hardlink_to(part)
        spare.replace(target)
        sync_folder(target.parent)


def is_object_name(folder: str, name: str) -> bool:
    """True if an object is stored in a folder and a file of these names."""
    return _DIGEST.fullmatch(PREFIX + name) is not None and name.startswith(folder)


@contextmanager
def _object_problems(digest: str, path: Path) -> Iterator[None]:
    """Turn an ``OSError`` of the body into `ObjectMissing`, or else a `StoreError`."""
    with disk_problems(path):
        try:
            yield
        except FileNotFoundError:
            raise ObjectMissing(digest, where=str(path.parent)) from None


def _hex(digest: str) -> str:
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise StoreError(f"{digest!r} is not a digest such as {PREFIX}<64 hex digits>")
    return match[1]
