"""A file that is not where the notebook looks: the one of its name in the repository."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "path"
_MISSING = (
    re.compile(r"No such file or directory:? '?([^'\n]+?)'?$", re.M),
    re.compile(r"File b?'?([^'\n]+?)'? does not exist"),
    re.compile(r"^([^\n']+?) not found\.?$", re.M),
    re.compile(r"^b?'?(\S+)'? does not exist", re.M),
)
_NO_SCRIPT = re.compile(r"File `'(.+?);?'` not found")
_NO_DATABASE = "unable to open database file"
_CONNECTS = re.compile(r"""\bconnect\(\s*['"]([^'"\n]+)['"]""")


def missing_file(failure: Failure) -> str | None:
    """The path that the failure says is not there, or None."""
    if failure.message == _NO_DATABASE and (paths := _CONNECTS.findall(failure.traceback)):
        return str(paths[-1])
    if failure.kind in ("Exception", "UsageError") and (
        found := _NO_SCRIPT.search(failure.message)
    ):
        return found[1]
    if failure.kind not in ("FileNotFoundError", "OSError", "IOError"):
        return None
    for pattern in _MISSING:
        if found := pattern.search(failure.message):
            return found[1]
    return None


def find(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that names the one file of the repository that is meant."""
    path = missing_file(failure)
    if path is None:
        return None
    here = the_one(path.replace("\\", "/"), scene.root)
    if here is None:
        return None
    new = Path(os.path.relpath(here, scene.folder)).as_posix()
    cell = draft.cell(failure.cell_id)
    for one in (cell, *draft.code):
        for written in (path, path.replace("\\", "\\\\")):
            if written in one.source:
                return draft.edited(
                    one.id,
                    one.source.replace(written, new),
                    rule=RULE,
                    reason=f"{path} is not there; the repository has this one file of the name",
                    confidence=0.85,
                )
    return None


def the_one(path: str, root: Path) -> Path | None:
    """The one file below the root whose path ends alike, as far as it takes to tell."""
    parts = PurePosixPath(path).parts
    files = [file for file in root.rglob(parts[-1]) if ".git" not in file.parts]
    for length in range(1, len(parts) + 1):
        if len(files) <= 1:
            break
        files = [file for file in files if file.parts[-length:] == parts[-length:]]
    return files[0] if len(files) == 1 else None
