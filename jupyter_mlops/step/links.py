"""Symbolic links of a working folder: where paths lead, and which links later steps get."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.workfolder import Scan

_MOST_LINKS = 40


def links_between(before: Scan, after: Scan) -> dict[str, str]:
    """What links of the working folder hold; those that stand for large files count as files."""
    made = {path: stamp for path, stamp in after.items() if path not in before}
    given = {path: stamp for path, stamp in before.items() if not stamp.stands_for_file}
    return {path: s.target for path, s in {**made, **given}.items() if s.kind == "link"}


def follow(path: str, targets: Mapping[str, str]) -> str:
    """Where a path leads: without links on the way, relative to the working folder or absolute.

    Args:
        path: relative to the working folder, with ``/``.
        targets: what links hold, by their paths.
    """
    place = PurePosixPath(os.path.normpath(path))
    for _ in range(_MOST_LINKS):
        link = next((p for p in (*reversed(place.parents), place) if str(p) in targets), None)
        if link is None:
            break
        goal = link.parent / targets[str(link)] / place.relative_to(link)
        place = PurePosixPath(os.path.normpath(goal))
    return str(place)


def carried_target(link: Path, layout: Layout) -> str | None:
    """What the link holds when later steps get it; None if they get the file that it leads to.

    Each step has a working folder of its own, so a link into it is relative from now on. An
    absolute link to a file elsewhere is replaced by the file, which the next step may not find.

    Args:
        link: in ``layout.own_work``.
        layout: of the attempt.
    """
    target = link.readlink()
    if not target.is_absolute():
        return str(target)
    inside = below_work(target, layout)
    if inside is not None:
        return os.path.relpath(inside, link.parent.relative_to(layout.own_work))
    return None if link.is_file() else str(target)


def below_work(path: Path, layout: Layout) -> Path | None:
    """The absolute path as relative to the working folder; None if it lies elsewhere."""
    for work in (layout.work, layout.own_work, layout.own_work.resolve()):
        if path.is_relative_to(work):
            return path.relative_to(work)
    return None


def of_link(path: str, target: str) -> FileRef:
    """The link as a reference under the name ``path``."""
    content = os.fsencode(target)
    return FileRef(path=path, digest=of_bytes(content), size=len(content), kind="link")
