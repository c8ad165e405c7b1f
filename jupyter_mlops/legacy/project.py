"""The folder that an old notebook is tried in: a copy of its repository, never the repository."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlops.legacy.failure import Scene
from jupyter_mlops.runner.provenance import git
from jupyter_mlops.step.project import OWN_FOLDER, count_files, is_ignored
from jupyter_mlops.step.workfolder import COPY_LIMIT

_MOST_FILES = 20_000


def repository_of(notebook: Path) -> Path:
    """The top of the notebook's repository; its folder if there is none, or it is very large."""
    try:
        top = Path(git(notebook, "rev-parse", "--show-toplevel"))
    except (OSError, subprocess.SubprocessError):
        return notebook.parent
    return top if count_files(top, _MOST_FILES) <= _MOST_FILES else notebook.parent


@contextmanager
def copied(
    root: Path, notebook: Path, scratch: Path, files: Mapping[str, str | Path]
) -> Iterator[Scene]:
    """A fresh copy of the repository as the scene of one try.

    Args:
        root: top of the repository.
        notebook: absolute path of the old notebook in it.
        scratch: where the copy lies for as long as the block runs.
        files: what stands in it instead: path from its top → text, or the file that is copied.
    """
    target = scratch / "project"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(root, target, copy_function=_copy, ignore=_left_out, symlinks=False,
                    ignore_dangling_symlinks=True)  # fmt: skip
    (target / OWN_FOLDER).mkdir(exist_ok=True)  # files anywhere in the repository can be read
    for name, content in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target / name)
        else:
            (target / name).write_text(content, encoding="utf-8")
    try:
        yield Scene(folder=target / notebook.parent.relative_to(root), root=target)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _copy(source: str, target: str) -> str:
    place = Path(source).resolve()
    if place.stat().st_size > COPY_LIMIT:
        Path(target).symlink_to(place)
        return target
    return str(shutil.copyfile(source, target))


def _left_out(folder: str, names: list[str]) -> set[str]:
    places = {name: Path(folder) / name for name in names}
    return {
        name
        for name, place in places.items()
        if (is_ignored(name, place) if place.is_dir() else not place.is_file())
    }
