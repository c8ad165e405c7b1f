"""Digests of what a step read, as it was before the step."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jupyter_mlops.model.artifact import FileRef, FileStamp
from jupyter_mlops.model.identity import PREFIX, of_value
from jupyter_mlops.model.run import StepSpec
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.links import below_work, follow, of_link
from jupyter_mlops.step.project import list_names, of_listing
from jupyter_mlops.step.workfolder import Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Makes references of the paths that a kernel recorded.

    Attributes:
        layout: of the attempt.
        spec: of the step.
        files: those of earlier steps, by path.
        before, after: scans of the working folder.
        links: what its links hold.
        known: stamps of large files, by path.
    """

    layout: Layout
    spec: StepSpec
    files: Mapping[str, FileRef]
    before: Scan
    after: Scan
    links: Mapping[str, str]
    known: Mapping[str, FileStamp]

    def references(self, files: Iterable[str], listed: Iterable[str]) -> tuple[FileRef, ...]:
        """What was read, sorted by path; what the step itself made is left out.

        Links of the project that lead to it are among it, for who reads by another way than Python
        is not seen to follow them. Those of earlier steps are in the step's key.

        Args:
            files: paths of files, and of folders that were taken for files.
            listed: paths of folders.
        """
        refs = [*map(self._file, files), *(self._folder(self._place(path)) for path in listed)]
        found = {ref for ref in refs if ref is not None}
        found |= set(self._links({PurePosixPath(ref.path) for ref in found}))
        return tuple(sorted(found, key=lambda ref: (ref.path, ref.kind)))

    def _file(self, path: str) -> FileRef | None:
        with contextlib.suppress(OSError):
            place = self._place(path)
            if self._is_data(place):
                return self._data(place)
            if PurePosixPath(place).is_absolute():
                return self._outside(place)
            return self._inside(place)
        return None

    def _links(self, read: set[PurePosixPath]) -> Iterator[FileRef]:
        places = {str(place) for path in read for place in (path, *path.parents)}
        for link, target in self.links.items():
            is_given = link in self.before and link not in self.files
            if is_given and follow(link, self.links) in places:
                yield of_link(link, target)

    def _place(self, path: str) -> str:
        """Where the path leads: relative to the working folder, or absolute."""
        if PurePosixPath(path).is_absolute():
            return path
        end = follow(path, self.links)
        if end.startswith("../"):
            return str((self.layout.work / end).resolve())
        return str(below_work(Path(end), self.layout) or end)

    def _is_data(self, path: str) -> bool:
        return any(PurePosixPath(path).is_relative_to(name) for name in self.spec.containment.data)

    def _data(self, path: str) -> FileRef | None:
        """A file of a data folder, which may be changed from elsewhere while the step runs."""
        content = self.layout.source / path
        if content.is_dir():
            return None
        if not content.exists():
            return FileRef(path=path, digest=None)
        state = content.stat()
        changed = max(state.st_mtime_ns, state.st_ctime_ns)  # also if a file was moved there
        if changed >= self.layout.stage.stat().st_mtime_ns:
            return FileRef(path=path, digest=of_value("changed-while-read", [path, changed]))
        return self._of_file(path, content)

    def _outside(self, path: str) -> FileRef | None:
        outside, began = Path(path), self.layout.stage.stat().st_mtime_ns
        if not outside.is_file() or outside.stat().st_mtime_ns >= began:
            return None  # what came or changed while the step ran is not what it was given
        return self._of_file(path, outside)

    def _inside(self, path: str) -> FileRef | None:
        stamp = self.before.get(path)
        if stamp is None:
            return None if path in self.after else FileRef(path=path, digest=None)
        if stamp.kind == "folder":
            return None
        if path in self.files:
            return self.files[path]
        work, source = self.layout.own_work / path, self.layout.source / path
        if self.after.get(path) == stamp and stamp.kind != "link":
            return of_file(path, work)
        if source.is_file() and _same_time(source, stamp.identity):
            return self._of_file(path, source)
        return FileRef(path=path, digest=of_value("changed-while-read", [path, *stamp.identity]))

    def _of_file(self, path: str, content: Path) -> FileRef:
        known = self.known.get(path)
        if known is not None and known == FileStamp.of(path, content.stat(), known.digest):
            return FileRef(path=path, digest=known.digest, size=known.size)
        return of_file(path, content)

    def _folder(self, path: str) -> FileRef | None:
        name = f"{path.rstrip('/')}/"
        if self._is_data(path):
            if not (self.layout.source / path).is_dir():
                return FileRef(path=name, digest=None)
            return FileRef(path=name, digest=of_listing(list_names(self.layout.source, path)))
        if PurePosixPath(path).is_absolute():
            if not Path(path).is_dir():
                return None
            return FileRef(path=name, digest=of_listing(list_names(self.layout.source, path)))
        folder = "" if path == "." else name
        if folder and path not in self.before:
            return None if path in self.after else FileRef(path=folder, digest=None)
        names = {
            below.removeprefix(folder).partition("/")[0]
            for below in self.before
            if below.startswith(folder)
        }
        return FileRef(path=folder or "./", digest=of_listing(names))


def _same_time(source: Path, identity: tuple[int, int, int]) -> bool:
    """True if the source file is still as it was copied: a copy keeps size and time."""
    state = source.stat()
    return (state.st_size, state.st_mtime_ns) == identity[1:]


def of_file(path: str, content: Path) -> FileRef:
    """The file at ``content`` as a reference under the name ``path``."""
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRef(path=path, digest=PREFIX + digest, size=file.tell())
