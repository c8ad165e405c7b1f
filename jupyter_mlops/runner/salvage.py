"""What a dead driver's steps had published before anybody recorded it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.run import Execution, StepResult
from jupyter_mlops.runner.take import take_outputs
from jupyter_mlops.store import Store
from jupyter_mlops.store.disk import write_new

UNKNOWN = StepResult(attempt=0, state="failed", started="", ended="")
"""The result of an execution that has not ended."""

_ANNOUNCED = "execution.json"
_KEPT = "kept.json"


def announce_execution(step_folder: Path, execution: Execution) -> None:
    """Write down, before an attempt starts, all that is known of its execution."""
    for name in (_ANNOUNCED, _KEPT):
        (step_folder / name).unlink(missing_ok=True)
    write_new(step_folder / _ANNOUNCED, json.dumps(to_json(execution)).encode())


def announce_kept(step_folder: Path, kept: tuple[FileRef, ...]) -> None:
    """Write down what is kept of the announced execution's reads, before it is recorded."""
    if kept:
        write_new(step_folder / _KEPT, json.dumps(to_json(kept)).encode())


def salvage(step_folder: Path, store: Store) -> Execution | None:
    """The execution of the step's published result, recorded now; None if there is none.

    Raises:
        StoreError: the store cannot be written.
    """
    with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
        announced = json.loads((step_folder / _ANNOUNCED).read_bytes())
        published = json.loads((step_folder / "result.json").read_bytes())
        execution = from_json(Execution, announced)
        result = from_json(StepResult, published)
        if result.attempt == execution.attempt:
            result = take_outputs(result, step_folder, store.objects)
            kept = _announced_kept(step_folder)
            execution = replace(execution, result=result, kept=kept)
            store.catalog.record_execution(execution)
            return execution
    return None


def _announced_kept(step_folder: Path) -> tuple[FileRef, ...]:
    """What was announced: an equal record may have been written, and not been indexed yet."""
    with suppress(FileNotFoundError):
        written = json.loads((step_folder / _KEPT).read_bytes())
        return tuple(from_json(FileRef, item) for item in written)
    return ()
