"""The files of the ledger: whole, never replaced, each created by one writer only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from jupyter_mlops.errors import MlopsError, StoreError
from jupyter_mlops.store.disk import disk_problems, leftovers, publish, sync_folder, temporary
from jupyter_mlops.store.place import Place

FOLDER = "ledger"
"""The ledger's folder, in that of the store or beside objects at a URL."""

_TEMPORARY, _FILE = "tmp", "file://"
_AT_ONCE = 16


class Numbered(Protocol):
    """A place for files with names such as ``entries/000001/000001234.json``.

    Every method raises `StoreError` if the place cannot be read or written.
    """

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none if it does not exist."""

    def read(self, folder: str, names: list[str]) -> Iterator[bytes]:
        """The bytes of the files, in that order; none of a file that does not exist."""

    def create(self, path: str, data: bytes) -> bool:
        """True if the file now holds ``data``; False, and nothing changed, if it existed."""

    def sweep(self) -> None:
        """Remove what killed writers left behind more than a day ago."""


class LocalNumbered:
    """Below a folder of a file system."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none if it does not exist."""
        with disk_problems(self.root):
            try:
                return sorted(path.name for path in (self.root / folder).iterdir())
            except FileNotFoundError:
                return []

    def read(self, folder: str, names: list[str]) -> Iterator[bytes]:
        """The bytes of the files, in that order; none of a file that does not exist."""
        for name in names:
            with disk_problems(self.root):
                try:
                    data = (self.root / folder / name).read_bytes()
                except FileNotFoundError:
                    data = b""
            yield data

    def create(self, path: str, data: bytes) -> bool:
        """True if the file now holds ``data``; False, and nothing changed, if it existed."""
        target, parts = self.root / path, self.root / _TEMPORARY
        with disk_problems(target):
            for folder in (parts, target.parent):
                _make(folder)
            part = temporary(parts)
            try:
                with part.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fchmod(file.fileno(), 0o444)
                    os.fsync(file.fileno())
                return publish(part, target)
            finally:
                part.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what killed writers left behind more than a day ago."""
        with disk_problems(self.root):
            for part in leftovers(self.root / _TEMPORARY):
                part.unlink(missing_ok=True)


class RemoteNumbered:
    """Beside the objects at a URL."""

    def __init__(self, url: str) -> None:
        self._place = Place(url)

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none if it does not exist."""
        with self._problems():
            return self._place.names(f"{FOLDER}/{folder}")

    def read(self, folder: str, names: list[str]) -> Iterator[bytes]:
        """The bytes of the files, in that order; none of a file that does not exist."""
        with ThreadPoolExecutor(_AT_ONCE) as pool, self._problems():
            yield from pool.map(self._read, [f"{FOLDER}/{folder}/{name}" for name in names])

    def create(self, path: str, data: bytes) -> bool:
        """True if the file now holds ``data``; False, and nothing changed, if it existed."""
        with tempfile.NamedTemporaryFile() as file, self._problems():
            file.write(data)
            file.flush()
            return self._place.create(Path(file.name), f"{FOLDER}/{path}")

    def sweep(self) -> None:
        """Nothing: what killed writers left is swept with that of the objects."""

    def _read(self, name: str) -> bytes:
        try:
            return self._place.read(name)
        except FileNotFoundError:
            return b""

    @contextmanager
    def _problems(self) -> Iterator[None]:
        try:
            yield
        except MlopsError:
            raise
        except Exception as error:  # each system's library has exceptions of its own
            raise StoreError(
                f"the ledger at {self._place.url} cannot be read or written: "
                f"{error or type(error).__name__}",
                fix="see whether the URL answers and may be written to by this user",
            ) from error


def open_numbered(url: str, root: Path) -> Numbered:
    """Where the ledger of the store in folder ``root`` lies: there, or beside objects at a URL."""
    if url.startswith(_FILE):
        return LocalNumbered(Path(url.removeprefix(_FILE)) / FOLDER)
    return RemoteNumbered(url) if url else LocalNumbered(root / FOLDER)


def _make(folder: Path) -> None:
    """Make the folder, so that it survives a crash."""
    if folder.is_dir():
        return
    missing = folder.parent
    while not missing.exists():
        missing = missing.parent
    folder.mkdir(parents=True, exist_ok=True)
    while folder != missing:
        folder = folder.parent
        sync_folder(folder)
