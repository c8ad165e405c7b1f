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
from jupyter_mlops.model.run import Observed, StepSpec
from jupyter_mlops.step.layout import Layout, object_name
from jupyter_mlops.step.project import EMPTY_FOLDER, list_names, of_listing
from jupyter_mlops.step.scrub import Scrubber
from jupyter_mlops.step.workfolder import Changes, Scan, compare, scan

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
    spec: StepSpec,
    before: Scan,
    scrubber: Scrubber,
    note: Callable[[str], None],
) -> Harvest:
    """Collect what the stage left, and move new objects to the attempt's ``outputs``.

    Args:
        layout: of the attempt; its kernel has ended.
        spec: of the step.
        before: the scan of the working folder before the stage ran.
        scrubber: of the step's secrets.
        note: gets a sentence about each thing that cannot be carried on.

    Raises:
        SourceChanged: if a large file was changed in place.
        SecretStored: if a file that the step wrote holds a secret.
    """
    table = json.loads((layout.state / "table.json").read_text(encoding="utf-8"))
    observed = _observed(layout.state / "observed.json")
    groups = tuple(from_json(Group, item) for item in table["groups"])
    known = {group.digest for group in spec.groups}
    after = scan(layout.own_work, spec.containment.data)
    changes = compare(before, after)
    _refuse_secrets(layout, changes, scrubber)
    for digest in {group.digest for group in groups} - known:
        _move(layout.state / "objects" / object_name(digest), layout.outputs / object_name(digest))
    reads = _Reads(
        layout=layout,
        files={f.path: f for f in spec.files},
        before=before,
        after=after,
        spec=spec,
    )
    read = [reads.file(path) for path in observed["files"]]
    read += [reads.listing(path) for path in observed["listed"]]
    written = [_write_out(layout, path, note) for path in changes.written]
    deleted = [FileRef(path=path, digest=None) for path in changes.deleted]
    emptied = [_write_empty(layout, path) for path in changes.emptied]
    harvested = Harvest(
        groups=groups,
        refused=tuple(from_json(Refusal, item) for item in table.get("refused", [])),
        files_read=tuple(sorted({ref for ref in read if ref}, key=lambda ref: ref.path)),
        files_written=tuple(
            sorted((ref for ref in [*written, *deleted, *emptied] if ref), key=lambda ref: ref.path)
        ),
        metrics=observed["metrics"],
        observed=_of_names(observed) if "created" in observed else None,
    )
    scrubber.refuse(
        to_json(harvested), "a metric or the name of a file", "choose other values and names"
    )
    return harvested


def _refuse_secrets(layout: Layout, changes: Changes, scrubber: Scrubber) -> None:
    """Pass if no file that the step wrote holds a secret.

    Raises:
        SecretStored: naming the first that does.
    """
    fix = "write it to a temporary folder, or remove it before the step ends"
    for path in changes.written if scrubber else ():
        scrubber.refuse([path], "the name of a file that the step wrote", fix)
        content = layout.own_work / path
        if content.is_file():
            scrubber.refuse_file(content, f"file {path}, which the step wrote,", fix)


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
    spec: StepSpec

    def _is_data(self, path: str) -> bool:
        return any(PurePosixPath(path).is_relative_to(name) for name in self.spec.containment.data)

    def _data(self, path: str) -> FileRef | None:
        """A file of a data folder, which may be changed from elsewhere while the step runs."""
        content = self.layout.source / path
        if content.is_dir():
            return None
        if not content.exists():
            return FileRef(path=path, digest=None)
        changed = content.stat().st_mtime_ns
        if changed >= self.layout.stage.stat().st_mtime_ns:
            return FileRef(path=path, digest=of_value("changed-while-read", [path, changed]))
        return of_file(path, content)

    def file(self, path: str) -> FileRef | None:
        with contextlib.suppress(OSError):
            if self._is_data(path):
                return self._data(path)
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
        if self._is_data(path):
            if not (self.layout.source / path).is_dir():
                return FileRef(path=path, digest=None)
            return FileRef(path=path, digest=of_listing(list_names(self.layout.source, path)))
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
