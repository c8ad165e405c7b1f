"""Taking what an attempt left into the store, every byte checked against its digest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.run import CellError, StepResult
from jupyter_mlops.runner.reuse import digests_of
from jupyter_mlops.store import Objects


def take_outputs(result: StepResult, step_folder: Path, objects: Objects) -> StepResult:
    """The result, all of whose objects are in the store now.

    If one is missing or its bytes have another digest, the result is a failed one without outputs
    that says so. An attempt that published nothing still leaves its log and executed notebook.

    Raises:
        StoreError: the store cannot be written.
    """
    attempt = step_folder / "attempts" / str(result.attempt)
    try:
        _take(digests_of(result), attempt / "outputs", objects)
    except (ObjectMissing, ObjectCorrupted) as problem:
        error = CellError(kind=type(problem).__name__, message=problem.message)
        result = StepResult(
            attempt=result.attempt,
            state="failed",
            started=result.started,
            ended=result.ended,
            error=error,
        )
    return replace(
        result,
        notebook=result.notebook or _keep(attempt / "executed.ipynb", objects),
        log=result.log or _keep(attempt / "events.jsonl", objects),
    )


def _take(digests: list[str], outputs: Path, objects: Objects) -> None:
    """Move the objects into the store."""

    def take(digest: str) -> None:
        left = outputs / objects.path(digest).name
        if left.is_symlink() or (left.exists() and not left.is_file()):
            raise ObjectCorrupted(digest, where=str(left))
        if left.exists():
            objects.adopt(left, digest)
        elif digest not in objects:
            raise ObjectMissing(digest, where=str(outputs))

    objects.each(digests, take)


def discard_attempts(step_folder: Path) -> None:
    """Remove inputs and attempts' folders of a step; the live logs stay for who is reading them."""
    remove_all(step_folder / "inputs")
    for attempt in sorted((step_folder / "attempts").glob("*")):
        for entry in attempt.iterdir():
            if entry.name != "events.jsonl":
                remove_all(entry)


def _keep(path: Path, objects: Objects) -> str | None:
    return objects.put_file(path)[0] if path.is_file() and not path.is_symlink() else None


def remove_all(path: Path) -> None:
    """Remove a file or a folder, also one that a step made read-only."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return

    def unlock(function: Callable[..., Any], name: str, _problem: Any) -> None:
        """A step may have made a folder read-only: open it and try again."""
        Path(name).parent.chmod(0o700)
        if not Path(name).is_symlink():
            Path(name).chmod(0o700)
        function(name)

    shutil.rmtree(path, onerror=unlock)
