"""Data folders of a run: where they are, checked before anything starts."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jupyter_mlops.errors import NotebookError
from jupyter_mlops.model.pipeline import Pipeline, Step

_SYSTEM = tuple(
    PurePosixPath(path)
    for path in (
        *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/mlops", "/opt/venv", "/proc"),
        *("/run", "/sbin", "/sys", "/tmp", "/usr", "/var/lib", "/var/run"),
    )
)
_LIVE = tuple(PurePosixPath(path) for path in ("/dev", "/mlops", "/opt/venv", "/proc", "/sys"))


def find_data(pipeline: Pipeline, *, notebook: Path, root: Path, store: Path) -> Pipeline:
    """The pipeline with its steps' data folders as paths of a ``FileRef``.

    Args:
        pipeline: as compiled.
        notebook: absolute path of the notebook; relative folders are relative to its own.
        root: the project root.
        store: folder of the store.

    Raises:
        NotebookError: if one is missing, or holds the project, the store or the system.
    """

    def with_data(step: Step) -> Step:
        folders = [
            _check(written, Path(os.path.normpath(notebook.parent / written)), step, root, store)
            for written in step.containment.data
        ]
        outermost = [f for f in folders if not any(f != g and f.is_relative_to(g) for g in folders)]
        names = tuple(dict.fromkeys(_name(folder, root) for folder in outermost))
        return replace(step, containment=replace(step.containment, data=names))

    return replace(pipeline, steps=tuple(with_data(step) for step in pipeline.steps))


def _check(written: str, folder: Path, step: Step, root: Path, store: Path) -> Path:
    where = f"data folder {written} of step {step.name!r}"
    if not folder.is_dir():
        became = "is no folder" if folder.exists() else "does not exist"
        fix = "name the folder that the file lies in" if folder.exists() else "correct the path"
        raise NotebookError(
            f"{where} {became} ({folder})", fix=f"{fix} in the `data` setting, or make the folder"
        )
    real = folder.resolve()
    for what, path in (("project", root), ("store", store)):
        if path.resolve().is_relative_to(real) or path.is_relative_to(folder):
            raise NotebookError(
                f"{where} holds the {what} ({path})",
                fix="name a folder below it that holds nothing but data",
            )
    if real.is_relative_to(store.resolve()):
        raise NotebookError(f"{where} lies in the store ({store})", fix="name another folder")
    place = PurePosixPath(folder)
    if any(system.is_relative_to(place) for system in _SYSTEM) or any(
        place.is_relative_to(live) for live in _LIVE
    ):
        raise NotebookError(
            f"{where} is a folder of the system", fix="name a folder that holds nothing but data"
        )
    return folder


def _name(folder: Path, root: Path) -> str:
    if folder.is_relative_to(root):
        return folder.relative_to(root).as_posix()
    return folder.as_posix()
