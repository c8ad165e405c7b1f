"""What a successful attempt leaves: variables, files, and what it read, as a result holds them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_mlops.model.artifact import FileRef, Group, Refusal
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import PREFIX, of_bytes, of_value
from jupyter_mlops.model.run import Observed
from jupyter_mlops.step.layout import Layout, object_name
from jupyter_mlops.step.project import EMPTY_FOLDER, list_names, of_listing
from jupyter_mlops.step.workfolder import Scan, compare, scan

_MOST_LINKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """The fields of a ``StepResult`` that only a successful attempt fills."""

    groups: tuple[Group, ...] = ()
    refused: tuple[Refusal, ...] = ()
    files_read: tuple[FileRef, ...] = ()
    files_written: tuple[FileRef, ...] = ()
    metrics: Mapping[str, Any] | None = None
    observed: Observed | None = None


def lay_out_state(layout: Layout, groups: Sequence[Group], refused: Sequence[Refusal]) -> None:
    """Make the state folder: the variable table, and a link to the object of each group."""
    objects = layout.state / "objects"
    objects.mkdir(parents=True)
    for digest in {group.digest for group in groups}:
        link(layout.input(digest), objects / object_name(digest))
    table = {"groups": to_json(tuple(groups)), "refused": to_json(tuple(refused))}
    (layout.state / "table.json").write_text(json.dumps(table), encoding="utf-8")


def link(source: Path, target: Path) -> None:
    """Make ``target`` the same bytes as ``source``: a hard link, else a symbolic one."""
    try:
        os.link(source, target)
    except OSError:
        target.symlink_to(source)


def harvest(
    layout: Layout,
    given: Sequence[Group],
    files: Sequence[FileRef],
    before: Scan,
    note: Callable[[str], None],
) -> Harvest:
    """Collect what the stage left, and move new objects to the attempt's ``outputs``.

    Args:
        layout: of the attempt; its kernel has ended.
        given: the variable groups that the step received.
        files: of earlier steps that lay in the working folder.
        before: the scan of the working folder before the stage ran.
        note: gets a sentence about each thing that cannot be carried on.

    Raises:
        SourceChanged: if a large file was changed in place.
    """
    table = json.loads((layout.state / "table.json").read_text(encoding="utf-8"))
    observed = _observed(layout.state / "observed.json")
    groups = tuple(from_json(Group, item) for item in table["groups"])
    known = {group.digest for group in given}
    for digest in {group.digest for group in groups} - known:
        _move(layout.state / "objects" / object_name(digest), layout.outputs / object_name(digest))
    after = scan(layout.own_work)
    changes = compare(before, after)
    reads = _Reads(layout=layout, files={f.path: f for f in files}, before=before, after=after)
    read = [reads.file(path) for path in observed["files"]]
    read += [reads.listing(path) for path in observed["listed"]]
    written = [_write_out(layout, path, note) for path in changes.written]
    deleted = [FileRef(path=path, digest=None) for path in changes.deleted]
    emptied = [_write_empty(layout, path) for path in changes.emptied]
    return Harvest(
        groups=groups,
        refused=tuple(from_json(Refusal, item) for item in table.get("refused", [])),
        files_read=tuple(sorted({ref for ref in read if ref}, key=lambda ref: ref.path)),
        files_written=tuple(
            sorted((ref for ref in [*written, *deleted, *emptied] if ref), key=lambda ref: ref.path)
        ),
        metrics=observed["metrics"],
        observed=_of_names(observed) if "created" in observed else None,
    )


def _observed(path: Path) -> dict[str, Any]:
    nothing: dict[str, Any] = {"metrics": {}, "files": [], "listed": []}
    return nothing | (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})


def _of_names(observed: Mapping[str, Any]) -> Observed:
    created, joined = set(observed["created"]), set(observed["joined"])
    deleted = set(observed["deleted"])
    return Observed(
        created=tuple(sorted(created)),
        changed=tuple(sorted(set(observed["changed"]) - created - joined - deleted)),
        joined=tuple(sorted(joined)),
        unchanged=tuple(observed["unchanged"]),
        deleted=tuple(sorted(deleted)),
        unused=tuple(observed["unused"]),
        everything=observed["everything"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reads:
    """Digests of what the step read, as it was before the step."""

    layout: Layout
    files: Mapping[str, FileRef]
    before: Scan
    after: Scan

    def file(self, path: str) -> FileRef | None:
        with contextlib.suppress(OSError):
            return self._outside(path) if PurePosixPath(path).is_absolute() else self._inside(path)
        return None

    def _outside(self, path: str) -> FileRef | None:
        outside, began = Path(path), self.layout.stage.stat().st_mtime_ns
        if not outside.is_file() or outside.stat().st_mtime_ns >= began:
            return None  # what came or changed while the step ran is not what it was given
        return of_file(path, outside)

    def _inside(self, path: str) -> FileRef | None:
        path = self._followed(path)
        stamp = self.before.get(path)
        if stamp is None:
            return None if path in self.after else FileRef(path=path, digest=None)
        if stamp.kind == "folder":
            return None
        if path in self.files:
            return self.files[path]
        work, source = self.layout.own_work / path, self.layout.source / path
        if self.after.get(path) == stamp and stamp.kind == "file":
            return of_file(path, work)
        if source.is_file() and _same_time(source, stamp.identity):
            return of_file(path, source)
        return FileRef(path=path, digest=of_value("changed-while-read", [path, *stamp.identity]))

    def listing(self, path: str) -> FileRef | None:
        if PurePosixPath(path).is_absolute():
            if not Path(path).is_dir():
                return None
            return FileRef(path=path, digest=of_listing(list_names(self.layout.source, path)))
        name = self._followed(path)
        folder = "" if name == "." else f"{name}/"
        if folder and name not in self.before:
            return None if name in self.after else FileRef(path=folder, digest=None)
        names = {
            below.removeprefix(folder).partition("/")[0]
            for below in self.before
            if below.startswith(folder)
        }
        return FileRef(path=folder or "./", digest=of_listing(names))

    def _followed(self, path: str) -> str:
        """The path without links inside the working folder."""
        work = self.layout.own_work.resolve()
        place = PurePosixPath(os.path.normpath(path))
        for _ in range(_MOST_LINKS):
            parent = (work / place.parent).resolve()
            if parent.is_relative_to(work):
                place = PurePosixPath(parent.relative_to(work)) / place.name
            stamp = self.before.get(str(place))
            if not stamp or stamp.kind != "link" or PurePosixPath(stamp.target).is_absolute():
                break
            place = PurePosixPath(os.path.normpath(place.parent / stamp.target))
        return str(place)


def _same_time(source: Path, identity: tuple[int, int, int]) -> bool:
    """True if the source file is still as it was copied: a copy keeps size and time."""
    state = source.stat()
    return (state.st_size, state.st_mtime_ns) == identity[1:]


def of_file(path: str, content: Path) -> FileRef:
    """The file at ``content`` as a reference under the name ``path``."""
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRef(path=path, digest=PREFIX + digest, size=file.tell())


def _write_out(layout: Layout, path: str, note: Callable[[str], None]) -> FileRef | None:
    content = layout.own_work / path
    if content.is_symlink():
        if not content.is_file():
            note(f"{path} is a link that leads to no file: later steps do not see it")
            return None
        content = content.resolve()
    try:
        ref = of_file(path, content)
    except OSError as error:
        note(f"{path} cannot be read ({error.strerror}): later steps do not see it")
        return None
    target = layout.outputs / object_name(str(ref.digest))
    if (layout.own_work / path).is_symlink():
        shutil.copyfile(content, target)
    else:
        _move(content, target)
    return ref


def _write_empty(layout: Layout, path: str) -> FileRef:
    digest = of_bytes(EMPTY_FOLDER)
    (layout.outputs / object_name(digest)).write_bytes(EMPTY_FOLDER)
    return FileRef(path=path, digest=digest, size=len(EMPTY_FOLDER))


def _move(content: Path, target: Path) -> None:
    if not target.exists():
        shutil.move(content, target)


def keep(layout: Layout, content: Path) -> str | None:
    """The digest of a file of the attempt, copied to its ``outputs``; None if it is absent."""
    if not content.is_file():
        return None
    digest = of_file(content.name, content).digest
    shutil.copyfile(content, layout.outputs / object_name(str(digest)))
    return digest
