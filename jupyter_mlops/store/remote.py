"""Objects behind any fsspec URL, with verified copies in a local folder."""

from __future__ import annotations

import posixpath
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from jupyter_mlops.errors import MlopsError, ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.store.disk import DAY, disk_problems, temporary
from jupyter_mlops.store.objects import Objects, copy, is_object_name

T = TypeVar("T")


class RemoteObjects(Objects):
    """The objects below ``url``, laid out as in a folder.

    What is put or read is also kept in the folder ``cache``, which can be removed at any time.
    Every byte that comes from the URL is verified before it is used.
    """

    def __init__(self, url: str, cache: Path) -> None:
        super().__init__(cache)
        self.url = url

    def create(self) -> None:
        """Make the folders, and remove what a killed writer left behind more than a day ago."""
        super().create()
        with self._problems():
            self._system.makedirs(self._place("tmp"), exist_ok=True)
            for path in self._leftovers():
                with suppress(FileNotFoundError):
                    self._system.rm_file(path)

    def __contains__(self, digest: str) -> bool:
        with self._problems():
            if self._system.isfile(self._stored(digest)):
                return True
        return super()._find_again(digest)

    def size(self, digest: str) -> int:
        """Bytes of the object; raises ObjectMissing."""
        if digest not in self:
            raise ObjectMissing(digest, where=self.url)
        with self._problems(digest):
            return int(self._system.size(self._stored(digest)))

    def put_bytes(self, data: bytes) -> str:
        """The digest of ``data``, which is in the store from now on."""
        digest = super().put_bytes(data)
        self._upload(digest)
        return digest

    def put_file(self, path: Path) -> tuple[str, int]:
        """Digest and size of a copy of the file as it was read, even if it changes meanwhile."""
        digest, size = super().put_file(path)
        self._upload(digest)
        return digest, size

    def adopt(self, path: Path, digest: str) -> None:
        """Move the file into the store; raises ObjectCorrupted, ObjectMissing."""
        super().adopt(path, digest)
        self._upload(digest)

    def read_bytes(self, digest: str) -> bytes:
        """The object's bytes, verified; raises ObjectMissing, ObjectCorrupted."""
        return self._with_copy(digest, lambda: super(RemoteObjects, self).read_bytes(digest))

    def read_stored(self, digest: str) -> bytes:
        """The same, and never of an object that was moved aside."""
        try:
            return super().read_stored(digest)
        except (ObjectMissing, ObjectCorrupted):
            self._download(digest)
        return super().read_stored(digest)

    def verify(self, digest: str) -> None:
        """Return if a sound copy is at hand, from now on; raises ObjectMissing, ObjectCorrupted."""
        self._with_copy(digest, lambda: super(RemoteObjects, self).verify(digest))

    def export(self, digest: str, target: Path) -> None:
        """Put a writable copy at ``target``, whole or not at all; what stood there is replaced.

        Raises:
            ObjectMissing, ObjectCorrupted: ``target`` is as it was.
        """
        self._with_copy(digest, lambda: super(RemoteObjects, self).export(digest, target))

    def inspect(self, digest: str) -> None:
        """Return if the bytes at the URL are sound; raises ObjectMissing, ObjectCorrupted."""
        with self._problems(digest), self._system.open(self._stored(digest), "rb") as source:
            found = copy(source)[0]
        if found != digest:
            raise ObjectCorrupted(digest, where=self._shown(digest))

    def digests(self) -> Iterator[str]:
        """The digest of every object at the URL, sound or not, in order."""
        with self._problems():
            for folder, name, _ in self._files():
                if is_object_name(folder, name):
                    yield PREFIX + name

    def head(self, digest: str, size: int) -> bytes:
        """At most ``size`` first bytes of the object, not verified; raises ObjectMissing."""
        with self._problems(digest):
            return bytes(self._system.cat_file(self._stored(digest), start=0, end=size))

    def strays(self) -> Iterator[str]:
        """The paths of files that are no objects: what killed writers left, and what is foreign."""
        with self._problems():
            yield from self._leftovers()
            for folder, name, path in self._files():
                is_aside = path.startswith(self._place("aside", ""))
                if folder != "tmp" and not is_aside and not is_object_name(folder, name):
                    yield path

    def writable(self) -> Iterator[str]:
        """Nothing: there are no modes."""
        return iter(())

    def move_aside(self, digest: str, pile: str) -> bool:
        """True if the object lies in a pile now, out of everybody's sight; False without one."""
        target = self._place("aside", pile, self.path(digest).name)
        with self._problems():
            if not self._system.isfile(self._stored(digest)):
                return False
            self._system.makedirs(posixpath.dirname(target), exist_ok=True)
            self._system.mv(self._stored(digest), target)
        with disk_problems(self.root):
            self.path(digest).unlink(missing_ok=True)
        return True

    def bring_back(self, digest: str, pile: str) -> bool:
        """True if the object stands in its place; False if it lies in the pile no more."""
        target = self._stored(digest)
        with self._problems():
            if not self._system.isfile(target):
                part = self._place("tmp", secrets.token_hex(8))
                try:
                    self._system.copy(self._place("aside", pile, self.path(digest).name), part)
                except FileNotFoundError:
                    return bool(self._system.isfile(target))
                self._system.makedirs(posixpath.dirname(target), exist_ok=True)
                self._system.mv(part, target)
        return True

    def drop(self, digest: str, pile: str) -> None:
        """Remove the object from the pile for good."""
        with self._problems(), suppress(FileNotFoundError):
            self._system.rm_file(self._place("aside", pile, self.path(digest).name))

    def piles(self) -> list[str]:
        """The names of the piles of objects that were moved aside, in order."""
        with self._problems():
            found = self._system.find(self._place("aside"))
        return sorted({path.split("/")[-2] for path in found})

    def aside(self, pile: str) -> list[str]:
        """The digests of the objects in a pile, in order."""
        with self._problems():
            found = self._system.find(self._place("aside", pile))
        return sorted(PREFIX + path.rpartition("/")[2] for path in found)

    @cached_property
    def _at(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        try:
            return url_to_fs(self.url, use_listings_cache=False)  # type: ignore[no-any-return]
        except (ImportError, ValueError) as error:
            raise StoreError(
                f"the objects at {self.url} cannot be reached: {error}",
                fix="correct the URL, or install what fsspec needs for it (such as s3fs)",
            ) from error

    @property
    def _system(self) -> Any:
        return self._at[0]

    def _place(self, *names: str) -> str:
        return posixpath.join(self._at[1], *names)

    def _stored(self, digest: str) -> str:
        name = self.path(digest).name
        return self._place(name[:2], name)

    def _shown(self, digest: str) -> str:
        name = self.path(digest).name
        return f"{self.url.rstrip('/')}/{name[:2]}/{name}"

    def _files(self) -> list[tuple[str, str, str]]:
        """Folder, name and path of every file below the URL, sorted."""
        paths = self._system.find(self._at[1])
        return sorted((*path.split("/")[-2:], path) for path in paths)

    def _leftovers(self) -> list[str]:
        """What has lain in the folder of temporary files for a day, where the system tells."""
        from datetime import UTC, datetime, timedelta

        found = []
        for path in self._system.find(self._place("tmp")):
            with suppress(FileNotFoundError, NotImplementedError):
                moment = self._system.modified(path)
                if moment.tzinfo is None:
                    moment = moment.replace(tzinfo=UTC)
                if datetime.now(UTC) - moment > timedelta(seconds=DAY):
                    found.append(path)
        return found

    def _with_copy(self, digest: str, use: Callable[[], T]) -> T:
        try:
            return use()
        except (ObjectMissing, ObjectCorrupted):
            pass
        try:
            self._download(digest)
        except ObjectMissing:
            if not super()._find_again(digest):
                raise
            self._download(digest)
        return use()

    def _find_again(self, digest: str) -> bool:
        """False: a copy that is not at hand is fetched, which looks among what lies aside."""
        return False

    def _download(self, digest: str) -> None:
        part = temporary(self._parts)
        try:
            with (
                self._problems(digest),
                self._system.open(self._stored(digest), "rb") as source,
                disk_problems(part),
                part.open("xb") as target,
            ):
                shutil.copyfileobj(source, target)
            try:
                super().adopt(part, digest)
            except ObjectCorrupted:
                raise ObjectCorrupted(digest, where=self._shown(digest)) from None
        finally:
            part.unlink(missing_ok=True)

    def _upload(self, digest: str) -> None:
        """See to it that the bytes at the URL are those of the copy at hand."""
        try:
            self.inspect(digest)
        except (ObjectMissing, ObjectCorrupted):
            part, target = self._place("tmp", secrets.token_hex(8)), self._stored(digest)
            with self._problems():
                self._system.put_file(str(self.path(digest)), part)
                self._system.makedirs(posixpath.dirname(target), exist_ok=True)
                self._system.mv(part, target)

    @contextmanager
    def _problems(self, digest: str | None = None) -> Iterator[None]:
        """Turn whatever the URL's system raises into `ObjectMissing`, or else a `StoreError`."""
        try:
            yield
        except MlopsError:
            raise
        except FileNotFoundError as error:
            if digest is None:
                raise self._failure(error) from error
            raise ObjectMissing(digest, where=self.url) from None
        except Exception as error:  # each system's library has exceptions of its own
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> StoreError:
        return StoreError(
            f"the objects at {self.url} cannot be read or written: {error or type(error).__name__}",
            fix="see whether the URL answers and may be written to by this user",
        )


def open_objects(url: str, root: Path) -> Objects:
    """The objects of the store in folder ``root``: its own, or those at ``url`` if there is one."""
    if not url:
        return Objects(root / "objects")
    return RemoteObjects(url, root / "cache" / "objects")
