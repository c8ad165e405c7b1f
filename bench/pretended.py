"""Runs of long chains on record without a kernel: an engine that pretends, for what comes after.

``python bench/pretended.py NOTEBOOK`` records a run of a notebook of one-cell steps in the store
that JUPYTER_MLOPS_STORE names. Each step leaves one variable, an executed notebook and a log.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops import engines
from jupyter_mlops.engines.base import Capabilities, Exit
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.identity import PREFIX, of_bytes
from jupyter_mlops.model.run import Run, StepResult
from jupyter_mlops.model.task import Task
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.publish import publish

_MOMENT = "2026-11-25T12:00:00.000000+00:00"


@dataclass(frozen=True, slots=True)
class PretendingEngine:
    """Step ``s7`` leaves ``x7``, and no cell of it runs."""

    name: str = "local"
    capabilities: Capabilities = Capabilities()

    def start(self, task: Task) -> str:
        """The published result of the step."""
        folder = Path(task.folder)
        layout = Layout(number=1, step=folder, inputs=folder, source=folder, work=folder)
        layout.outputs.mkdir()
        name = f"x{task.step.removeprefix('s')}"
        variable = _put(layout, pickle.dumps({name: len(name) * "value"}))
        group = Group(names=(name,), digest=variable, size=9, step=task.step)
        result = StepResult(
            attempt=1,
            state="succeeded",
            started=_MOMENT,
            ended=_MOMENT,
            groups=(group,),
            notebook=_put(layout, json.dumps({"cells": [], "step": task.step}).encode()),
            log=_put(layout, json.dumps({"event": "output", "step": task.step}).encode()),
        )
        publish(layout, result)
        return task.step

    def poll(self, handle: str, *, patience: float = 0.0) -> Exit:
        """It has ended."""
        return Exit(code=0)

    def stop(self, handle: str) -> None:
        """Nothing is left to stop."""

    def sweep(self, is_alive: Callable[[str], bool]) -> int:
        """Nothing was left behind."""
        return 0

    def close(self) -> None:
        """Nothing runs."""


def _put(layout: Layout, data: bytes) -> str:
    digest = of_bytes(data)
    (layout.outputs / digest.removeprefix(PREFIX)).write_bytes(data)
    return digest


def record(notebook: Path) -> Run:
    """A run of the notebook, recorded in the store that the environment names."""
    engines.choose_engine = lambda name, settings: (PretendingEngine(), "")  # type: ignore[assignment]
    with contextlib.closing(Installation().open_store()) as store:
        return run_pipeline(
            RunRequest(notebook=notebook, engine="local"), store=store, settings=Mlops()
        )


if __name__ == "__main__":
    print(record(Path(sys.argv[1])).state)
