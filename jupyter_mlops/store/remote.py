"""Objects behind any fsspec URL, with verified copies in a local folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from jupyter_mlops.errors import MlopsError, ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.store.copies import Copies
from jupyter_mlops.store.disk import DAY, disk_problems, temporary
from jupyter_mlops.store.hashing import digest_of
from jupyter_mlops.store.numbered import FOLDER
from jupyter_mlops.store.objects import ASIDE, GARBAGE, Objects, is_object_name
from jupyter_mlops.store.place import Place
from jupyter_mlops.store.probe import Probe

T = TypeVar("T")

_TRIES = 3
"""A copy may be removed by another process between two looks at it."""


class RemoteObjects(Objects):
    """The objects below ``url``, laid out as in a folder.

    What is put or read is also kept in the folder ``cache``, which can be removed at any time.
    Every byte that comes from the URL is verified before it is used.

    Args:
        url: of fsspec's.
        cache: the folder of the copies.
        limit: bytes of copies that are kept; 0 for all.
    """

    parallel_from = 2

    def __init__(self, url: str, cache: Path, *, limit: int = 0) -> None:
        super().__init__(cache)
        self.url = url
        self._place = Place(url)
        self._copies = Copies(cache, limit)
        self._probe = Probe(self._place, cache / "probed")
        self._suspects = cache / "suspects"

    def create(self) -> None:
        """Make the folders; the first time, see that the URL can be trusted with objects.

        Once a day, what a killed writer left behind more than a day ago is removed.
        """
        super().create()
        with disk_problems(self.root):
            self._suspects.mkdir(exist_ok=True)
        if self._probe.is_due():
            with self._problems():
                self._probe.run()
                for name in self._leftovers():
                    with suppress(FileNotFoundError):
                        self._place.remove(name)

    def __contains__(self, digest: str) -> bool:
        with self._problems():
            if self._place.exists(self._name(digest)):
                return True
        return super()._find_again(digest)

    def size(self, digest: str) -> int:
        """Bytes of the object; raises ObjectMissing."""
        if digest not in self:
            raise ObjectMissing(digest, where=self.url)
        with self._problems(digest):
            return self._place.size(self._name(digest))

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
            with self._fetched(digest) as part:
                super().adopt(part, digest)
        return super().read_stored(digest)

    def verify(self, digest: str) -> None:
        """Return if a sound copy is at hand, from now on; raises ObjectMissing, ObjectCorrupted."""
        self._with_copy(digest, lambda: super(RemoteObjects, self).verify(digest))

    def trust(self, digest: str) -> None:
        """Return if a sound copy is at hand, or one is at the URL that was never found corrupted.

        Raises:
            ObjectMissing, ObjectCorrupted: neither.
        """
        try:
            super().trust(digest)
        except (ObjectMissing, ObjectCorrupted):
            if self._suspect(digest).exists():
                self.verify(digest)
            elif digest not in self:
                raise ObjectMissing(digest, where=self.url) from None

    def checkout(self, digest: str, folder: Path) -> Path:
        """``folder/<hex>``: the verified object, read-only; raises as `verify`."""
        return self._with_copy(digest, lambda: super(RemoteObjects, self).checkout(digest, folder))

    def export(self, digest: str, target: Path) -> None:
        """Put a writable copy at ``target``, whole or not at all; what stood there is replaced.

        Raises:
            ObjectMissing, ObjectCorrupted: ``target`` is as it was.
        """
        self._with_copy(digest, lambda: super(RemoteObjects, self).export(digest, target))

    def inspect(self, digest: str) -> None:
        """Return if the bytes at the URL are sound; raises ObjectMissing, ObjectCorrupted."""
        with self._fetched(digest):
            pass

    def digests(self) -> Iterator[str]:
        """The digest of every object at the URL, sound or not, in order."""
        with self._problems():
            for name in self._place.find():
                if is_object_name(*_folder_and_name(name)):
                    yield PREFIX + _folder_and_name(name)[1]

    def head(self, digest: str, size: int) -> bytes:
        """At most ``size`` first bytes of the object, not verified; raises ObjectMissing."""
        with self._problems(digest):
            return self._place.head(self._name(digest), size)

    def strays(self) -> Iterator[str]:
        """The URLs of files that are no objects: what killed writers left, and what is foreign."""
        with self._problems():
            yield from map(self._place.shown, self._leftovers())
            for name in self._place.find():
                if name.startswith(("tmp/", f"{ASIDE}/", f"{FOLDER}/")):
                    continue
                if not is_object_name(*_folder_and_name(name)):
                    yield self._place.shown(name)

    def writable(self) -> Iterator[str]:
        """Nothing: there are no modes."""
        return iter(())

    def move_aside(self, digest: str, pile: str) -> bool:
        """True if the object lies in a pile now, out of everybody's sight; False without one."""
        if not self._copied(digest, self._name(digest), self._name_aside(digest, pile)):
            return False
        with self._problems(), suppress(FileNotFoundError):
            self._place.remove(self._name(digest))
        if pile.startswith(GARBAGE):  # else the copy at hand may be the only sound one
            with disk_problems(self.root):
                self.path(digest).unlink(missing_ok=True)
        return True

    def piles(self) -> list[str]:
        """The names of the piles of objects that were moved aside, in order."""
        with self._problems():
            return sorted({name.split("/")[1] for name in self._place.find(ASIDE)})

    def aside(self, pile: str) -> list[str]:
        """The digests of the objects in a pile, in order."""
        with self._problems():
            found = self._place.find(f"{ASIDE}/{pile}")
        return [PREFIX + _folder_and_name(name)[1] for name in found]

    def bring_back(self, digest: str, pile: str) -> bool:
        """True if the object stands in its place; False if it lies in the pile no more."""
        if self._copied(digest, self._name_aside(digest, pile), self._name(digest)):
            return True
        with self._problems():
            return self._place.exists(self._name(digest))

    def drop(self, digest: str, pile: str) -> None:
        """Remove the object from the pile for good."""
        with self._problems(), suppress(FileNotFoundError):
            self._place.remove(self._name_aside(digest, pile))

    def _copied(self, digest: str, source: str, target: str) -> bool:
        """True if the object has a second name now; False if it is gone.

        Sound bytes replace what has that name already, damaged ones don't.
        """
        part = temporary(self._parts)
        try:
            with self._problems(digest):
                self._place.fetch(source, part)
                if not self._place.create(part, target) and digest_of(part) == digest:
                    self._place.replace(part, target)
        except ObjectMissing:
            return False
        finally:
            part.unlink(missing_ok=True)
        return True

    def _name_aside(self, digest: str, pile: str) -> str:
        return f"{ASIDE}/{pile}/{self.path(digest).name}"

    def _find_again(self, digest: str) -> bool:
        """False: a copy that is not at hand is fetched, which looks among what lies aside."""
        return False

    def _name(self, digest: str) -> str:
        name = self.path(digest).name
        return f"{name[:2]}/{name}"

    def _leftovers(self) -> Iterator[str]:
        """What has lain in the folder of unfinished files for a day, where the system tells."""
        for name in self._place.find("tmp"):
            with suppress(FileNotFoundError):
                moment = self._place.modified(name)
                if moment is not None and datetime.now(UTC) - moment > timedelta(seconds=DAY):
                    yield name

    def _with_copy(self, digest: str, use: Callable[[], T]) -> T:
        self._copies.used(self.path(digest))
        for _ in range(_TRIES):
            try:
                return use()
            except (ObjectMissing, ObjectCorrupted):
                try:
                    with self._fetched(digest) as part:
                        self._copies.added(part.stat().st_size)
                        super().adopt(part, digest)
                except ObjectMissing:
                    if not super()._find_again(digest):
                        raise
        return use()

    @contextmanager
    def _fetched(self, digest: str) -> Iterator[Path]:
        """The object's bytes as they are at the URL, verified, in a file that goes away again."""
        part = temporary(self._parts)
        suspect = self._suspect(digest)
        try:
            with self._problems(digest):
                self._place.fetch(self._name(digest), part)
            with disk_problems(part):
                if digest_of(part) != digest:
                    suspect.touch()
                    raise ObjectCorrupted(digest, where=self._place.shown(self._name(digest)))
                suspect.unlink(missing_ok=True)
            yield part
        finally:
            part.unlink(missing_ok=True)

    def _suspect(self, digest: str) -> Path:
        """The sign that the object was found corrupted at the URL."""
        return self._suspects / self.path(digest).name

    def _upload(self, digest: str) -> None:
        """See to it that the bytes at the URL are those of the copy at hand."""
        copy, name = self.path(digest), self._name(digest)
        self._copies.used(copy)
        with self._problems():
            if not self._place.create(copy, name):
                try:
                    self.inspect(digest)
                except (ObjectMissing, ObjectCorrupted):
                    self._place.replace(copy, name)
        with disk_problems(copy):
            self._suspect(digest).unlink(missing_ok=True)
            self._copies.added(copy.stat().st_size)

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
            f"the objects at {self.url} cannot be read or written: "
            f"{str(error).strip() or type(error).__name__}",
            fix="see whether the URL answers and may be written to by this user",
        )


def _folder_and_name(name: str) -> tuple[str, str]:
    folder, _, last = name.rpartition("/")
    return folder, last


def open_objects(url: str, root: Path, *, limit: int = 0) -> Objects:
    """The objects of the store in folder ``root``: its own, or those at ``url`` if there is one.

    Args:
        url: fsspec's, or "".
        root: the store's folder.
        limit: bytes of copies of objects at the URL that are kept; 0 for all.
    """
    if not url:
        return Objects(root / "objects", stamps=root / "cache" / "stamps")
    return RemoteObjects(url, root / "cache" / "objects", limit=limit)
