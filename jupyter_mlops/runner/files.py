"""Versions of the project's files as they are now."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.model.artifact import FileRef, FileStamp
from jupyter_mlops.step.links import of_link
from jupyter_mlops.step.project import link_target, list_names, of_listing
from jupyter_mlops.store.digests import LEAST, FileDigests

_UNKNOWN = "unknown"
"""In place of a digest: the file is there and cannot be read, or it never rests. Equals none."""


class ProjectFiles:
    """The files below ``root``, with those of earlier steps laid over them.

    Args:
        root: the project root.
        left_out: paths relative to it that no step gets.
        digests: knows files that were hashed before.
    """

    def __init__(
        self, root: Path, left_out: Collection[str] = (), digests: FileDigests | None = None
    ) -> None:
        self.root = root
        self.left_out = frozenset(left_out)
        self._digests = digests or FileDigests()

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
        if path in self.left_out:
            return None
        if read.kind != "link":
            return self._hash(self.root / path)
        target = self.target(path)
        return None if target is None else of_link(path, target).version

    def target(self, path: str) -> str | None:
        """What a link that leads to another place in the project holds for a step, else None."""
        root, link = self.root.resolve(), self.root / path
        with contextlib.suppress(OSError, RuntimeError):
            real = link.resolve(strict=True)
            if link.is_symlink() and real.is_relative_to(root):
                return link_target(path, real, root)
        return None

    def names(self, folder: str, files: Iterable[FileRef]) -> list[str]:
        """The names that a step finds in a folder, given the files of earlier steps."""
        return list_names(self.root, folder, tuple(files), self.left_out)

    def _list(self, path: str, written: Mapping[str, FileRef]) -> str | None:
        """The digest of the folder's names, or None if there is no such folder."""
        below = any(file.digest and name.startswith(path) for name, file in written.items())
        deleted = path in written and written[path].digest is None
        if not below and (deleted or not (self.root / path).is_dir()):
            return None
        return of_listing(self.names(path, written.values()))

    def _hash(self, path: Path) -> str | None:
        """A digest of bytes that did not change while they were read; None if there is no file."""
        try:
            return self._digests.of(path) or _UNKNOWN
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return _UNKNOWN

    def known(self) -> tuple[FileStamp, ...]:
        """The large files whose digests this run met, named as in a ``FileRef``."""
        return tuple(
            replace(stamp, path=self._name(Path(stamp.path))) for stamp in self._digests.large()
        )

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)

    def learn(self, reads: Iterable[FileRef], *, since: int) -> None:
        """Take over the digests of large files that a step read and hashed.

        Args:
            reads: files of the project, or outside it on this machine.
            since: when it started, in nanoseconds since the epoch.
        """
        for read in reads:
            if read.digest is not None and read.size >= LEAST:
                path = self.root / read.path
                self._digests.learn(path, read.digest, size=read.size, since=since)
