"""Modules of the repository that the notebook imports: mended in the job, never in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.failure import Failure, Place, Scene

_FRAME = re.compile(r"File \"?(~?/[^\n\":]+\.py)(?::|\", line )(\d+)")
_ID = "module"


def mend_module(
    draft: Draft,
    failure: Failure,
    scene: Scene,
    rules: Iterable[Callable[[Draft, Failure, Scene], Draft | None]],
) -> Draft | None:
    """The draft whose module is changed as a cell would be; None if no rule has an answer.

    Args:
        draft: the notebook.
        failure: came of a line of a module of the repository.
        scene: what rules may look at.
        rules: answer failures of cells.
    """
    for name, line in own_frames(failure, scene.root):
        text = text_of(name, draft, scene)
        cell = DraftCell(id=_ID, position=0, kind="code", source=text, metadata={})
        alone = Draft(cells=(cell,), requirements=draft.requirements, metadata={})
        there = replace(failure, cell_id=_ID, places=(Place(cell_id=_ID, line=line),))
        for rule in rules:
            found = rule(alone, there, scene)
            if found is None or found.cell(_ID).source == text:
                continue
            patch = found.patches[-1]
            return changed(
                draft, name, text, found.cell(_ID).source,
                rule=patch.rule, reason=patch.reason, confidence=patch.confidence,
            )  # fmt: skip
    return None


def changed(
    draft: Draft, name: str, before: str, after: str, *, rule: str, reason: str, confidence: float
) -> Draft:
    """The draft whose job has another text in a module, and the patch that says so."""
    return replace(draft, files={**draft.files, name: after}).noted(
        rule=rule,
        reason=f"{name}, in the job alone: {reason}",
        before=before,
        after=after,
        confidence=confidence,
    )


def text_of(name: str, draft: Draft, scene: Scene) -> str:
    """The module as it stands in the job."""
    known = draft.files.get(name)
    if isinstance(known, str):
        return known
    return (scene.root / name).read_text(encoding="utf-8", errors="replace")


def folder_of(module: str, root: Path) -> Path | None:
    """The one folder of the repository that holds the module; None if none or several do."""
    files = [
        *root.rglob(f"{module}.py"),
        *(path.parent for path in root.rglob(f"{module}/__init__.py")),
    ]
    folders = {path.parent for path in files if not _is_hidden(path, root)}
    return folders.pop() if len(folders) == 1 else None


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def own_frames(failure: Failure, root: Path) -> Iterator[tuple[str, int]]:
    """The lines of the repository's modules on the way to the error, the innermost first.

    Each as the module's path from the top of the repository, and its line.
    """
    for path, line in reversed(_FRAME.findall(failure.traceback)):
        parts = Path(path).parts
        if "site-packages" in parts:
            continue
        for start in range(1, len(parts)):
            place = root.joinpath(*parts[start:])
            if place.is_file():
                yield place.relative_to(root).as_posix(), int(line)
                break
