"""The project as a run saw it, laid out in an empty folder."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectMissing
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.store import FileDigests, Objects

if TYPE_CHECKING:
    from jupyter_mlops.lineage.past import Past

_MAY_RUN = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


def lay_out(past: Past, folder: Path) -> tuple[str, ...]:
    """A sentence for each file that could not be laid out, because nobody has its bytes any more.

    Files of which only the name was seen stand there and hold nothing.

    Args:
        past: the run.
        folder: becomes the project root; exists.

    Raises:
        ObjectCorrupted: an object is damaged.
        StoreError: the folder cannot be written.
    """
    objects = past.store.objects
    missing = [why for ref in past.read if (why := _lay(ref, past, folder)) is not None]
    for path in past.only_listed:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(place):
            place.touch()
    notebook = folder / past.place
    notebook.parent.mkdir(parents=True, exist_ok=True)
    objects.export(past.run.source, notebook)
    return tuple(missing)


def lay_over(past: Past, files: Iterable[FileRef], folder: Path) -> tuple[str, ...]:
    """The same for files that earlier steps left, and took away (digest None)."""
    files = sorted(files, key=lambda file: file.path)
    for file in reversed(files):
        place = folder / file.path
        if file.digest is not None:
            continue
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    laid = (_lay(file, past, folder) for file in files if file.digest is not None)
    return tuple(why for why in laid if why is not None)


def _lay(ref: FileRef, past: Past, folder: Path) -> str | None:
    """Lay one thing out; why it cannot be, or None."""
    place = folder / ref.path
    if ref.path.endswith("/"):
        place.mkdir(parents=True, exist_ok=True)
        return None
    place.parent.mkdir(parents=True, exist_ok=True)
    if ref.kind == "link":
        place.unlink(missing_ok=True)
        try:
            place.symlink_to(os.fsdecode(past.store.objects.read_bytes(str(ref.digest))))
        except ObjectMissing:
            return f"{ref.path}, a link, is not in the store"
        return None
    if not _copy(ref, past.store.objects, past.root / ref.path, place):
        return f"{ref.path} is not in the store, and the project has it no more as it was"
    if ref.kind == "executable":
        place.chmod(place.stat().st_mode | _MAY_RUN)
    return None


def _copy(ref: FileRef, objects: Objects, present: Path, place: Path) -> bool:
    """True if the file is there: from the store, else from the project if it is unchanged."""
    digest = str(ref.digest)
    try:
        objects.export(digest, place)
    except ObjectMissing:
        digests = FileDigests()
        if not present.is_file() or digests.of(present) != digest:
            return False
        shutil.copyfile(present, place)
        return digests.of(place) == digest
    return True
