"""What a dead driver's steps had published before anybody recorded it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.run import Execution, StepResult
from jupyter_mlops.runner.take import take_outputs
from jupyter_mlops.store import Store
from jupyter_mlops.store.disk import write_new

UNKNOWN = StepResult(attempt=0, state="failed", started="", ended="")
"""The result of an execution that has not ended."""

_ANNOUNCED = "execution.json"


def announce_execution(step_folder: Path, execution: Execution) -> None:
    """Write down, before an attempt starts, all that is known of its execution."""
    (step_folder / _ANNOUNCED).unlink(missing_ok=True)
    write_new(step_folder / _ANNOUNCED, json.dumps(to_json(execution)).encode())


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
            execution = replace(execution, result=result)
            store.catalog.record_execution(execution)
            return execution
    return None
