"""Digests of files that lie elsewhere, each hashed once while the file stays as it is."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.model.artifact import FileStamp
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import PREFIX, of_bytes
from jupyter_mlops.store.disk import temporary

LEAST = 1024 * 1024
"""Bytes from which on a file's digest is kept for later processes."""

SETTLED_SECONDS = 2
"""A file that changed less long ago may change again and look the same, as clocks are coarse."""

_TRIES = 3


class FileDigests:
    """What is known of files; each is believed while size, times and inode are as they were.

    The time that counts is that of the last change of the inode, which nobody can set. A file that
    changed within `SETTLED_SECONDS` before it was hashed is hashed anew each time, as by git's rule
    for racy entries. Records are small files, each replaced whole, so that any number of processes
    may share them and any may be killed; one that cannot be read or written counts for nothing.

    Args:
        folder: keeps what is known of large files; None: nothing outlives this object.
        clock: nanoseconds since the epoch.
        linked: the files are read-only and come and go under further names (hard links), which
            changes their inodes: the time of their bytes counts instead.
    """

    def __init__(
        self,
        folder: Path | None = None,
        clock: Callable[[], int] = time.time_ns,
        *,
        linked: bool = False,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._linked = linked
        self._known: dict[str, FileStamp] = {}

    def of(self, path: Path) -> str | None:
        """The digest of the file's bytes; None if they change all the time.

        Raises:
            OSError: the file is missing or cannot be read.
        """
        for _ in range(_TRIES):
            known = self.known(path)
            if known is not None:
                return known.digest
            before, began = self._stamp(path), self._clock()
            with path.open("rb") as file:
                digest = PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
            if self._stamp(path) == before:
                self._keep(replace(before, digest=digest), began)
                return digest
        return None

    def known(self, path: Path) -> FileStamp | None:
        """What the file is known to be, if it is that still; nothing is hashed.

        Raises:
            OSError: the file is missing.
        """
        now = self._stamp(path)
        known = self._known.get(now.path)
        if known is None and now.size >= LEAST:
            known = self._read(now.path)
        if known is None or replace(known, digest="") != now:
            return None
        self._known[now.path] = known
        return known

    def large(self) -> Iterator[FileStamp]:
        """What this object met of files that are worth keeping; they may have changed since."""
        return (known for known in self._known.values() if known.size >= LEAST)

    def learn(self, path: Path, digest: str, *, size: int, since: int) -> None:
        """Take over the digest of a file of that size that somebody else hashed.

        Args:
            path: of the file, which may have changed or be gone by now.
            digest: of its bytes.
            size: of what was hashed.
            since: nanoseconds since the epoch; it was hashed after that.
        """
        with suppress(OSError):
            now = self._stamp(path)
            if now.size == size:
                self._keep(replace(now, digest=digest), since)

    def forget(self, path: Path) -> None:
        """Know nothing of the file any more."""
        name = str(path.absolute())
        self._known.pop(name, None)
        if self._folder is not None:
            with suppress(OSError):
                self._place(name).unlink(missing_ok=True)

    def _keep(self, known: FileStamp, hashed: int) -> None:
        """Remember it, unless the file may have changed after it was hashed and look the same."""
        if known.changed + SETTLED_SECONDS * 10**9 > hashed:
            return
        self._known[known.path] = known
        if self._folder is None or known.size < LEAST:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            part = temporary(self._folder)
            try:
                part.write_text(json.dumps(to_json(known)), encoding="utf-8")
                part.replace(self._place(known.path))
            finally:
                part.unlink(missing_ok=True)

    def _read(self, path: str) -> FileStamp | None:
        if self._folder is None:
            return None
        with suppress(OSError, ValueError, TypeError):
            return from_json(FileStamp, json.loads(self._place(path).read_text(encoding="utf-8")))
        return None

    def _place(self, path: str) -> Path:
        assert self._folder is not None
        name = of_bytes(os.fsencode(path)).removeprefix(PREFIX)
        return self._folder / f"{name}.json"

    def _stamp(self, path: Path) -> FileStamp:
        stamp = FileStamp.of(str(path.absolute()), path.stat())
        return replace(stamp, changed=stamp.modified) if self._linked else stamp
