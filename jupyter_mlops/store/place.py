"""The files at an fsspec URL, by few verbs that every kind of system has to get right."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock, Semaphore
from typing import TypeVar

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.disk import disk_problems, is_disk_problem
from jupyter_mlops.store.patience import patiently
from jupyter_mlops.store.systems import System, connect

T = TypeVar("T")

CONNECTIONS = 4
"""To a system that serves one thread at a time; servers refuse more that come at once."""


class Place:
    """The files below a URL, each by its name relative to it; any number of threads may ask.

    What may pass (silence, a broken connection) is tried again. Every method raises what the
    system raises in the end, `FileNotFoundError` if the file is not there.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._free: LifoQueue[System] = LifoQueue()
        self._turns = Semaphore(CONNECTIONS)
        self._shared: System | None = None
        self._lock = Lock()

    def create(self, source: Path, name: str) -> bool:
        """True if the file is there now, whole; False, and nothing changed, if one was there."""
        return self._do(lambda system: system.create(source, system.at(name)))

    def replace(self, source: Path, name: str) -> None:
        """Put the file there, whatever is there."""
        self._do(lambda system: system.replace(source, system.at(name)))

    def fetch(self, name: str, target: Path) -> None:
        """Copy the file to ``target``, where half of it may stand if this raises."""

        def work(system: System) -> None:
            try:
                system.files.get_file(system.at(name), str(target))
            except OSError as error:
                if not is_disk_problem(error):
                    raise
                with disk_problems(target):
                    raise

        self._do(work)

    def read(self, name: str) -> bytes:
        """All bytes of the file."""
        return self._do(lambda system: bytes(system.files.cat_file(system.at(name))))

    def head(self, name: str, size: int) -> bytes:
        """At most ``size`` first bytes of the file."""
        return self._do(lambda s: bytes(s.files.cat_file(s.at(name), start=0, end=size)))

    def size(self, name: str) -> int:
        """Bytes of the file."""
        return self._do(lambda system: int(system.files.size(system.at(name))))

    def exists(self, name: str) -> bool:
        """True if there is such a file."""
        return self._do(lambda system: bool(system.files.isfile(system.at(name))))

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none if there is no such folder."""

        def work(system: System) -> list[str]:
            try:
                found = system.files.ls(system.at(folder), detail=False)
            except FileNotFoundError:
                return []
            return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

        return self._do(work)

    def find(self, folder: str = "") -> list[str]:
        """The names of all files below a folder, sorted; none if there is no such folder."""

        def work(system: System) -> list[str]:
            found = system.files.find(system.at(folder) if folder else system.root)
            return sorted(posixpath.relpath(path, system.root) for path in found)

        return self._do(work)

    def modified(self, name: str) -> datetime | None:
        """When the file was last written; None if its system does not tell."""

        def work(system: System) -> datetime | None:
            try:
                moment = system.files.modified(system.at(name))
            except NotImplementedError:
                return None
            assert isinstance(moment, datetime)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

        return self._do(work)

    def remove(self, name: str) -> None:
        """Remove the file."""
        self._do(lambda system: system.files.rm_file(system.at(name)))

    def prepare(self) -> None:
        """Make what must be there before the first file."""
        self._do(lambda system: system.prepare())

    def shown(self, name: str) -> str:
        """The file's own URL, for messages."""
        return f"{self.url.rstrip('/')}/{name}"

    def _do(self, work: Callable[[System], T]) -> T:
        def once() -> T:
            with self._connection() as system:
                return work(system)

        return patiently(once)

    @contextmanager
    def _connection(self) -> Iterator[System]:
        """A system that nobody else uses meanwhile, unless it serves many threads at once."""
        if self._shared is not None:
            yield self._shared
            return
        with self._turns:
            try:
                system = self._free.get_nowait()
            except Empty:
                system = self._connect()
            try:
                yield system
            except (FileExistsError, FileNotFoundError):
                self._free.put(system)
                raise
            except BaseException:
                self._drop(system)
                raise
            self._free.put(system)

    def _drop(self, system: System) -> None:
        """Close what failed, for nobody knows what it would answer next; and all that is idle."""
        system.close()
        with suppress(Empty):
            while True:
                self._free.get_nowait().close()

    def _connect(self) -> System:
        try:
            with self._lock:
                system = self._shared or connect(self.url)
                if system.serves_many:
                    self._shared = system
            return system
        except (ImportError, ValueError) as error:
            raise StoreError(
                f"the objects at {self.url} cannot be reached: {error}",
                fix="correct the URL, or install what fsspec needs for it (such as s3fs)",
            ) from error
