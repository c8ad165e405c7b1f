"""The project's files as a step may see them: which folder, which files, which names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.identity import canonical_json, of_bytes

_IGNORED = frozenset({"venv", "node_modules", "__pycache__"})
_STORE = ("VERSION", "objects", "runs")

OWN_FOLDER = ".jupyter_mlops"
"""In the root of a project that was laid out from a record; it says so, and no step sees it."""
_ROOTS = (OWN_FOLDER, ".git", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A folder, file or link below a root.

    Attributes:
        path: relative to the root, with ``/``.
        kind: a ``link`` leads to another place below the root; a link that leads out of it is
            given as the file or folder that it leads to.
        real: where the bytes are.
        size: bytes, of a file.
    """

    path: str
    kind: Literal["folder", "file", "link"]
    real: Path
    size: int = 0


def project_root(notebook: Path, uses_parent_folder: bool) -> Path:
    """The folder whose files the notebook's steps see, absolute.

    Args:
        notebook: path of the source notebook.
        uses_parent_folder: True if a literal path in it leads out of its own folder.
    """
    folder = notebook.absolute().parent
    if not uses_parent_folder:
        return folder
    for parent in folder.parents:
        if any((parent / name).exists() for name in _ROOTS):
            return parent
    return folder.parent


def walk(
    root: Path, note: Callable[[str], None] = lambda text: None, *, skip: Collection[str] = ()
) -> Iterator[Entry]:
    """Folders (before what is in them), files and links below the root, sorted by name.

    Left out: version control, virtual environments, caches, hidden folders, anything in a store,
    and what is neither file, folder nor link (sockets, pipes, devices).

    Args:
        root: a folder.
        note: gets a sentence about each thing that cannot be read.
        skip: paths relative to the root that are left out, too.
    """
    root = root.resolve()
    yield from _walk(root, "", root, (root,), note, skip)


def _walk(
    folder: Path,
    prefix: str,
    root: Path,
    above: tuple[Path, ...],
    note: Callable[[str], None],
    skip: Collection[str],
) -> Iterator[Entry]:
    for entry in _scan(folder, prefix, root, note):
        if entry.path in skip:
            continue
        if entry.kind != "folder":
            yield entry
        elif entry.real not in above:
            yield entry
            yield from _walk(entry.real, f"{entry.path}/", root, (*above, entry.real), note, skip)


def _scan(folder: Path, prefix: str, root: Path, note: Callable[[str], None]) -> Iterator[Entry]:
    """What stands directly in one folder."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        note(f"{prefix or folder} cannot be listed ({error.strerror}): the step finds it empty")
        return
    for item in found:
        path, real = prefix + item.name, Path(item.path)
        try:
            if item.is_symlink():
                real = real.resolve(strict=True)
                if real.is_relative_to(root):
                    yield Entry(path=path, kind="link", real=real)
                    continue
            if real.is_dir():
                if not is_ignored(item.name, real):
                    yield Entry(path=path, kind="folder", real=real)
            elif real.is_file():
                yield Entry(path=path, kind="file", real=real, size=real.stat().st_size)
        except (OSError, RuntimeError) as error:
            note(f"{path} leads nowhere or cannot be read ({error}): the step does not see it")


def link_target(path: str, real: Path, root: Path) -> str:
    """Where a link below the root leads, as the working folder has it: relative to the link.

    Args:
        path: of the link, relative to the root.
        real: where it leads, without any link on the way.
        root: without any link on the way.
    """
    return os.path.relpath(real.relative_to(root), PurePosixPath(path).parent)


def is_ignored(name: str, folder: Path) -> bool:
    """True for a folder that steps do not see."""
    return (
        name.startswith(".") or name in _IGNORED or all((folder / part).exists() for part in _STORE)
    )


def iter_files(root: Path, skip: Collection[str] = ()) -> Iterator[Entry]:
    """The files and links below the root that a step sees, sorted by folder."""
    return (entry for entry in walk(root, skip=skip) if entry.kind != "folder")


def count_files(root: Path, limit: int, skip: Collection[str] = ()) -> int:
    """The number of files that a step gets a copy of; counting stops at ``limit + 1``."""
    count = 0
    for _ in iter_files(root, skip):
        count += 1
        if count > limit:
            break
    return count


def list_names(
    root: Path, folder: str, files: Sequence[FileRef] = (), left_out: Collection[str] = ()
) -> list[str]:
    """The sorted names that a step finds in a folder of its working folder before it runs.

    Args:
        root: the project root.
        folder: relative to the root, with ``/``; ``""`` or ``"."`` for the root.
        files: files of earlier steps that are laid over the project's.
        left_out: paths relative to the root that a step does not get.
    """
    base = PurePosixPath(folder)
    root = root.resolve()
    here = root / base
    names = {e.path for e in _scan(here, "", root, lambda text: None)} if here.is_dir() else set()
    removed = {PurePosixPath(file.path) for file in files if file.digest is None}
    removed |= {PurePosixPath(path) for path in left_out}
    names = {name for name in names if base / name not in removed}
    for file in files:
        path = PurePosixPath(file.path)
        if file.digest is not None and path != base and path.is_relative_to(base):
            names.add(path.relative_to(base).parts[0])
    return sorted(names)


_LISTING = b"listing\0"
EMPTY_FOLDER = _LISTING + b"[]"
"""The object behind a folder that a step made and left empty."""


def listing(names: Iterable[str]) -> bytes:
    """The object behind a folder's listing."""
    return _LISTING + canonical_json(sorted(names))


def read_listing(content: bytes) -> list[str]:
    """The names that the object behind a listing holds."""
    return [str(name) for name in json.loads(content.removeprefix(_LISTING))]


def of_listing(names: Iterable[str]) -> str:
    """The digest of a folder's listing, as ``FileRef`` holds it for a path that ends with ``/``."""
    return of_bytes(listing(names))
