"""The folder of a job: empty before the conversion, all that the job needs afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.tags import notebook_bytes
from jupyter_mlops.step.project import OWN_FOLDER
from jupyter_mlops.store.disk import disk_problems

LOCK = "requirements.txt"


class OccupiedFolder(MlopsError):
    """The folder that a job should be written to holds something already."""

    exit_code = 2


def refuse_occupied(folder: Path) -> None:
    """Make sure that nothing would be overwritten.

    Raises:
        OccupiedFolder: it is a file, or not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OccupiedFolder(
            f"{folder} is not an empty folder",
            fix="name a new one with -o; nothing is overwritten",
        )


def write_notebook(
    notebook: Path,
    draft: Draft,
    outputs: Mapping[str, Sequence[Mapping[str, Any]]],
    lock: str | None,
) -> None:
    """Write a notebook, and the lock beside it.

    Args:
        notebook: where; its folder is created.
        draft: what it holds.
        outputs: of its cells, by id.
        lock: text of the lock; None if no environment could be made.
    """
    with disk_problems(notebook.parent):
        notebook.parent.mkdir(parents=True, exist_ok=True)
        notebook.write_bytes(notebook_bytes(draft, outputs))
        if lock is not None:
            (notebook.parent / LOCK).write_text(lock, encoding="utf-8")


def mark_root(folder: Path) -> None:
    """Let the folder be the root of a project: its notebook reads files above its own folder."""
    with disk_problems(folder):
        (folder / OWN_FOLDER).mkdir(parents=True, exist_ok=True)


def copy_files(names: Sequence[str], root: Path, folder: Path) -> None:
    """Copy what a job reads to the same paths in its folder.

    Args:
        names: paths from the root of the project.
        root: where they are.
        folder: of the job.
    """
    for name in names:
        place = folder / name
        with disk_problems(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, place)
