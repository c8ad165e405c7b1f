"""The working folder of an attempt: built from the project and earlier steps, then scanned."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.artifact import FileKind, FileRef
from jupyter_mlops.model.run import StepSpec
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.project import Entry, link_target, walk

COPY_LIMIT = 64 * 1024 * 1024
"""Bytes up to which a file is copied; a larger one is a link to the read-only source."""

_PASSING = frozenset({"__pycache__", ".ipynb_checkpoints"})
_NONE = (0, 0, 0)
_READABLE = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


class SourceChanged(MlopsError):
    """A file that the working folder only links to has other bytes than before the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a scan sees of a file, folder or link without reading it.

    Attributes:
        kind: ``file``, ``executable``, ``folder`` or ``link``.
        identity: inode, size and modification time; of a linked file, those of the file itself.
        target: where a link leads.
    """

    kind: Literal["folder"] | FileKind
    identity: tuple[int, int, int] = _NONE
    target: str = ""

    @property
    def stands_for_file(self) -> bool:
        """True for the link to a large file, which steps take for the file itself."""
        return self.kind == "link" and self.target.startswith("/") and self.identity != _NONE


Scan = Mapping[str, Stamp]
"""Paths relative to the working folder, with ``/``, and what stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a step did to its working folder; relative paths, sorted.

    Attributes:
        written: files that it created or changed.
        deleted: files that it removed; folders end with ``/``.
        emptied: folders that hold nothing now and did not exist, or held something, before.
    """

    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()


def build(layout: Layout, spec: StepSpec, note: Callable[[str], None]) -> None:
    """Fill the working folder with the project's files and, over them, those of earlier steps.

    Args:
        layout: says where both are.
        spec: names the files of earlier steps, and what the step does not get a copy of.
        note: gets a sentence about each file that cannot be read.
    """
    root, work, files = layout.source.resolve(), layout.own_work, spec.files
    for entry in walk(root, note, skip={*spec.containment.data, *spec.left_out}):
        _place(entry, root, work, note)
    for file in sorted(files, key=lambda f: f.path, reverse=True):
        if file.digest is None:
            _remove(file.path, work)
    for file in files:
        if file.digest is not None:
            _lay(file, layout.input(file.digest), work / file.path)


def _place(entry: Entry, root: Path, work: Path, note: Callable[[str], None]) -> None:
    target = work / entry.path
    if entry.kind == "folder":
        target.mkdir(exist_ok=True)
    elif entry.kind == "link":
        target.symlink_to(link_target(entry.path, entry.real, root))
    elif entry.size > COPY_LIMIT:
        target.symlink_to(entry.real)
    else:
        try:
            shutil.copyfile(entry.real, target)
            shutil.copystat(entry.real, target)
        except PermissionError:
            target.touch()
            target.chmod(0)
            note(f"{entry.path} cannot be read (no permission): the step cannot read it either")
        except OSError as error:
            note(f"{entry.path} cannot be read ({error.strerror}): the step does not see it")


def _remove(path: str, work: Path) -> None:
    target = work / path
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target, ignore_errors=True)
    elif not path.endswith("/"):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()


def _lay(file: FileRef, content: Path, target: Path) -> None:
    if file.path.endswith("/"):
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if file.kind == "link":
        target.symlink_to(os.fsdecode(content.read_bytes()))
    elif file.kind == "file" and content.stat().st_size > COPY_LIMIT:
        target.symlink_to(content)
    else:
        shutil.copyfile(content, target)
        if file.kind == "executable":
            mode = target.stat().st_mode
            target.chmod(mode | (mode & _READABLE) >> 2)


def scan(root: Path, data: Collection[str] = ()) -> Scan:
    """What stands in the working folder now; sockets, pipes and Python's caches left out.

    Args:
        root: the working folder.
        data: data folders; they count as folders that hold nothing.
    """
    return dict(_scan(root, "", data))


def _scan(folder: Path, prefix: str, data: Collection[str]) -> Iterator[tuple[str, Stamp]]:
    with os.scandir(folder) as entries:
        found = list(entries)
    for item in found:
        path, state = prefix + item.name, item.stat(follow_symlinks=False)
        if path in data:
            yield path, Stamp(kind="folder")
        elif stat.S_ISLNK(state.st_mode):
            yield path, _link_stamp(Path(item.path))
        elif stat.S_ISREG(state.st_mode):
            yield path, Stamp(kind=kind_of(state), identity=_identity(state))
        elif stat.S_ISDIR(state.st_mode) and item.name not in _PASSING:
            yield path, Stamp(kind="folder")
            try:
                yield from _scan(Path(item.path), f"{path}/", data)
            except PermissionError:
                continue


def _link_stamp(link: Path) -> Stamp:
    target = str(link.readlink())
    with contextlib.suppress(OSError):
        state = link.stat()
        if stat.S_ISREG(state.st_mode):
            return Stamp(kind="link", identity=_identity(state), target=target)
    return Stamp(kind="link", target=target)


def kind_of(state: os.stat_result) -> FileKind:
    """Whether its owner may run a file."""
    return "executable" if state.st_mode & stat.S_IXUSR else "file"


def _identity(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_ino, state.st_size, state.st_mtime_ns


def compare(before: Scan, after: Scan) -> Changes:
    """What happened between two scans of one working folder.

    Raises:
        SourceChanged: if a large file was changed through the link that stands for it.
    """
    written = []
    for path, stamp in after.items():
        old = before.get(path)
        if stamp.kind == "folder" or stamp == old:
            continue
        if stamp.kind == "link" and old is not None and stamp.target == old.target:
            if old.stands_for_file:
                raise SourceChanged(
                    f"{path} was changed in place while the step ran; it is larger than "
                    f"{COPY_LIMIT // 1024**2} MiB, so the working folder links to it",
                    fix=f"write the changed data to a new file instead of to {path}",
                )
            continue
        written.append(path)
    gone = [
        path + "/" * (stamp.kind == "folder")
        for path, stamp in before.items()
        if path not in after or (stamp.kind == "folder") != (after[path].kind == "folder")
    ]
    emptied = _empty_folders(after) - _empty_folders(before)
    return Changes(
        written=tuple(sorted(written)),
        deleted=tuple(sorted(gone)),
        emptied=tuple(sorted(f"{path}/" for path in emptied)),
    )


def _empty_folders(found: Scan) -> set[str]:
    used = {str(PurePosixPath(path).parent) for path in found}
    return {path for path, stamp in found.items() if stamp.kind == "folder" and path not in used}
