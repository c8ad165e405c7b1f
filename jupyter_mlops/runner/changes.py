"""Which files read otherwise now than when the notebook ran last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Set
from dataclasses import replace

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.run import Became, FileChange, StepReport
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.store import Catalog

_RUNS = 10
"""How many runs are looked through for steps that the newest one did not come to."""


def changed_files(
    catalog: Catalog,
    notebook: str,
    steps: Collection[str],
    project: ProjectFiles,
    is_cancelled: Callable[[], bool],
) -> tuple[FileChange, ...]:
    """Files that steps read when they last succeeded or were reused, and that changed since.

    Left out are files that steps of the same run wrote, files of images, and listings of folders.

    Args:
        catalog: has this run, which has just begun, and the earlier ones.
        notebook: its absolute path.
        steps: names of its steps.
        project: the files as they are now.
        is_cancelled: True once this run is to stop.

    Raises:
        Cancelled: it is.
    """
    found: dict[str, FileChange] = {}
    for step, read in _last_reads(catalog, notebook, steps):
        if is_cancelled():
            raise Cancelled
        now = project.version(read, ())
        if now == read.version:
            continue
        became: Became = "new" if read.digest is None else "gone" if now is None else "changed"
        change = found.get(read.path, FileChange(path=read.path, became=became))
        found[read.path] = replace(change, steps=(*change.steps, step))
    return tuple(found[path] for path in sorted(found))


def _last_reads(
    catalog: Catalog, notebook: str, steps: Collection[str]
) -> Iterator[tuple[str, FileRef]]:
    """Each step that came to its end in a late run, and what it read from outside the steps."""
    missing = set(steps)
    for limit in (2, _RUNS):  # the newest is the one that has just begun
        for run in catalog.list_runs(notebook=notebook, limit=limit) if missing else ():
            written: set[str] = set()
            for report in run.steps:
                if report.step in missing and report.state in ("succeeded", "reused"):
                    missing.discard(report.step)
                    yield from ((report.step, read) for read in _reads(report, written))
                written |= {item.path for item in report.outputs if isinstance(item, FileRef)}


def _reads(report: StepReport, written: Set[str]) -> Iterator[FileRef]:
    image = report.environment
    files = (item for item in report.inputs if isinstance(item, FileRef))
    for file in files:
        is_within = image is not None and image.holds(file.path)
        if file.path not in written and not file.path.endswith("/") and not is_within:
            yield file
