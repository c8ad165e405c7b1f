"""What a successful attempt leaves: variables, files, and what it read, as a result holds them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_mlops.model.artifact import Described, FileRef, Group, Refusal
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Observed, StepSpec
from jupyter_mlops.step.layout import Layout, object_name
from jupyter_mlops.step.links import carried_target, links_between, of_link
from jupyter_mlops.step.project import EMPTY_FOLDER
from jupyter_mlops.step.reads import Reads, of_file
from jupyter_mlops.step.scrub import Scrubber
from jupyter_mlops.step.watch import Seen
from jupyter_mlops.step.workfolder import Changes, Scan, compare, kind_of, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Fields of a ``StepResult`` that a successful attempt fills; a failed one, what it read."""

    groups: tuple[Group, ...] = ()
    refused: tuple[Refusal, ...] = ()
    files_read: tuple[FileRef, ...] = ()
    files_written: tuple[FileRef, ...] = ()
    metrics: Mapping[str, Any] | None = None
    observed: Observed | None = None
    urls: tuple[str, ...] = ()


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
    seen: Seen | None = None,
) -> Harvest:
    """Collect what the stage left, and move new objects to the attempt's ``outputs``.

    Args:
        layout: of the attempt; its kernel has ended.
        spec: of the step.
        before: the scan of the working folder before the stage ran.
        scrubber: of the step's secrets.
        note: gets a sentence about each thing that cannot be carried on.
        seen: reads that were watched from outside the kernel.

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
    read = _reads(layout, spec, (before, after), observed, seen or Seen())
    written = [_write_out(layout, path, note) for path in changes.written]
    deleted = [FileRef(path=path, digest=None) for path in changes.deleted]
    emptied = [_write_empty(layout, path) for path in changes.emptied]
    harvested = Harvest(
        groups=groups,
        refused=tuple(from_json(Refusal, item) for item in table.get("refused", [])),
        files_read=read,
        files_written=tuple(
            sorted((ref for ref in [*written, *deleted, *emptied] if ref), key=lambda ref: ref.path)
        ),
        metrics=observed["metrics"],
        observed=_of_names(observed, scrubber) if "created" in observed else None,
        urls=tuple(observed["urls"]),
    )
    scrubber.refuse(
        to_json(harvested),
        "a metric, an address or the name of a file",
        "choose other values and names",
    )
    return harvested


def harvest_failed(layout: Layout, spec: StepSpec, before: Scan, seen: Seen) -> Harvest:
    """What is known of a failed attempt: the files that it was seen to read until then.

    Args:
        layout: of the attempt; its kernel has ended.
        spec: of the step.
        before: the scan of the working folder before the stage ran.
        seen: reads that were watched from outside the kernel.
    """
    nothing = {"files": (), "listed": (), "made": ()}
    with contextlib.suppress(OSError):
        after = scan(layout.own_work, spec.containment.data)
        return Harvest(files_read=_reads(layout, spec, (before, after), nothing, seen))
    return Harvest()


def _reads(
    layout: Layout,
    spec: StepSpec,
    scans: tuple[Scan, Scan],
    observed: Mapping[str, Any],
    seen: Seen,
) -> tuple[FileRef, ...]:
    """What the kernel says that it read, and what was watched."""
    before, after = scans
    data, searched = spec.containment.data, observed.get("searched")
    files = {*observed["files"], *seen.files(before, data, observed["made"])}
    listed = set(observed["listed"])
    if searched is not None:
        listed |= seen.folders(before, data, searched)
    reads = Reads(
        layout=layout,
        spec=spec,
        files={file.path: file for file in spec.files},
        before=before,
        after=after,
        links=links_between(before, after),
        known={stamp.path: stamp for stamp in spec.known},
    )
    return reads.references(files, listed)


def _refuse_secrets(layout: Layout, changes: Changes, scrubber: Scrubber) -> None:
    """Pass if no file that the step wrote holds a secret.

    Raises:
        SecretStored: naming the first that does.
    """
    fix = "write it to a temporary folder, or remove it before the step ends"
    for path in changes.written if scrubber else ():
        content = layout.own_work / path
        names = [path, *([str(content.readlink())] if content.is_symlink() else [])]
        scrubber.refuse(names, "the name of a file that the step wrote", fix)
        if content.is_file():
            scrubber.refuse_file(content, f"file {path}, which the step wrote,", fix)


def _observed(path: Path) -> dict[str, Any]:
    nothing: dict[str, Any] = {"metrics": {}, "files": (), "listed": (), "made": (), "urls": ()}
    return nothing | (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})


def _of_names(observed: Mapping[str, Any], scrubber: Scrubber) -> Observed:
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
        values={
            name: from_json(Described, scrubber.value(value))
            for name, value in observed.get("values", {}).items()
        },
    )


def _write_out(layout: Layout, path: str, note: Callable[[str], None]) -> FileRef | None:
    place = content = layout.own_work / path
    if place.is_symlink():
        target = carried_target(place, layout)
        if target is not None:
            return _write_link(layout, path, target)
        content = place.resolve()
    try:
        ref = replace(of_file(path, content), kind=kind_of(content.stat()))
    except OSError as error:
        note(f"{path} cannot be read ({error.strerror}): later steps do not see it")
        return None
    output = layout.outputs / object_name(str(ref.digest))
    if place.is_symlink():
        shutil.copyfile(content, output)
    else:
        _move(content, output)
    return ref


def _write_link(layout: Layout, path: str, target: str) -> FileRef:
    ref = of_link(path, target)
    (layout.outputs / object_name(str(ref.digest))).write_bytes(os.fsencode(target))
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
