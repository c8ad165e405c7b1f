"""A module that is not installed: its package is needed, or it lies elsewhere in the repository."""

from __future__ import annotations

import os
import re

from jupyter_mlops.legacy.commands import is_made
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.modules import folder_of
from jupyter_mlops.legacy.packages import LIBRARIES, package_of

RULE = "module"
_MISSING = re.compile(r"No module named '([\w.]+)'")
_OPTIONAL = re.compile(
    r"Missing optional dependency '([\w.-]+)'|`Import ([\w.-]+)` failed|"
    r"([\w.-]+) not found, please install|^Failed to import ([\w.-]+)$|"
    r"Couldn't find a tree builder .* requested: (lxml|html5lib)"
)
_PATH = "import sys; sys.path.insert(0, {!r})"


def install(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that finds the module in its repository, or needs the package that has it."""
    found = _MISSING.search(failure.message)
    if found is None:
        return None
    module = found[1].partition(".")[0]
    local = None if module in LIBRARIES else _in_repository(module, scene)
    if local is not None:
        return _searched(draft, failure, module, local)
    if is_made(module, draft):
        return None  # what the index has under this name is another one
    package = package_of(found[1]) or package_of(module)
    if package is None or package in draft.requirements or package in scene.versions:
        return None
    return draft.requiring(package).noted(
        rule=RULE,
        reason=f"the notebook needs the module {module}, which {package} has",
        before="",
        after=package,
        confidence=0.9,
    )


def complete(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that needs the package which a library asks for by name, as it has to be there."""
    found = _OPTIONAL.search(failure.message)
    if found is None:
        return None
    package = next(filter(None, found.groups())).lower()
    if package in draft.requirements or package in scene.versions:
        return None
    return draft.requiring(package).noted(
        rule=RULE,
        reason=f"a library needs {package} for what the notebook does",
        before="",
        after=package,
        confidence=0.95,
    )


def _in_repository(module: str, scene: Scene) -> str | None:
    """The folder that holds the module, relative to the notebook's; None if none or several do."""
    folder = folder_of(module, scene.root)
    if folder is None or folder == scene.folder:
        return None
    path = os.path.relpath(folder, scene.folder)
    return "../" if path == ".." else path  # the slash tells that files above are read


def _searched(draft: Draft, failure: Failure, module: str, folder: str) -> Draft | None:
    cell = draft.cell(failure.cell_id)
    line = _PATH.format(folder)
    if line in cell.source:
        return None
    return draft.edited(
        cell.id,
        f"{line}\n{cell.source}",
        rule=RULE,
        reason=f"the module {module} lies in {folder} of the repository",
        confidence=0.85,
    )
