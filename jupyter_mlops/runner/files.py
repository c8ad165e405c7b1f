"""Digests of the project's files as they are now, each hashed once a run."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.step.links import of_link
from jupyter_mlops.step.project import link_target, list_names, of_listing

_Stamp = tuple[str, int, int, int]

_UNKNOWN = "unknown"
"""In place of a digest: the file is there and cannot be read, or it never rests. Equals none."""


class ProjectFiles:
    """The files below ``root``, with those of earlier steps laid over them.

    Args:
        root: the project root.
        left_out: paths relative to it that no step gets.
    """

    def __init__(self, root: Path, left_out: Collection[str] = ()) -> None:
        self.root = root
        self._left_out = frozenset(left_out)
        self._digests: dict[_Stamp, str] = {}

    def version(self, read: FileRef, files: Iterable[FileRef]) -> str | None:
        """The version that a step would find now of what was read; None if there is none.

        Args:
            read: a file, link or listing.
            files: files that earlier steps wrote or deleted.
        """
        path, written = read.path, {file.path: file for file in files}
        if path.endswith("/"):
            return self._list(path, written)
        if path in written:
            return written[path].version
        if path in self._left_out:
            return None
        return self._link(path) if read.kind == "link" else self._hash(self.root / path)

    def _link(self, path: str) -> str | None:
        """The version of a link that leads to another place in the project, else None."""
        root, link = self.root.resolve(), self.root / path
        with contextlib.suppress(OSError, RuntimeError):
            real = link.resolve(strict=True)
            if link.is_symlink() and real.is_relative_to(root):
                return of_link(path, link_target(path, real, root)).version
        return None

    def _list(self, path: str, written: Mapping[str, FileRef]) -> str | None:
        """The digest of the folder's names, or None if there is no such folder."""
        below = any(file.digest and name.startswith(path) for name, file in written.items())
        deleted = path in written and written[path].digest is None
        if not below and (deleted or not (self.root / path).is_dir()):
            return None
        return of_listing(list_names(self.root, path, tuple(written.values()), self._left_out))

    def _hash(self, path: Path) -> str | None:
        """A digest of bytes that did not change while they were read; None if there is no file."""
        for _ in range(3):
            try:
                before = _stamp(path)
                if before not in self._digests:
                    with path.open("rb") as file:
                        digest = PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
                    if _stamp(path) != before:
                        continue
                    self._digests[before] = digest
                return self._digests[before]
            except (FileNotFoundError, NotADirectoryError):
                return None
            except OSError:
                break
        return _UNKNOWN


def _stamp(path: Path) -> _Stamp:
    status = path.stat()
    return str(path), status.st_size, status.st_mtime_ns, status.st_ino
