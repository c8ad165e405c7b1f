"""What one step of a run left for people."""

from __future__ import annotations

import json
from typing import Any

from jupyter_mlops.runner.executed import NoExecutedNotebook, executed_path, read_executed
from jupyter_mlops.runner.past import find_run, find_step
from jupyter_mlops.runner.steplog import StepLog
from jupyter_mlops.server.answers import StepLogText
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route

_RUNNING = ("pending", "running")


class StepNotebookHandler(MlopsHandler):
    """``/mlops/runs/{run}/steps/{step}/notebook``."""

    @route("read")
    async def get(self, name: str, step: str) -> None:
        """The executed notebook."""
        await self.answer(_notebook, self.backend, name, step)


class StepLogHandler(MlopsHandler):
    """``/mlops/runs/{run}/steps/{step}/log``."""

    @route("read")
    async def get(self, name: str, step: str) -> None:
        """What the step wrote."""
        await self.answer(_log, self.backend, name, step)


def _notebook(backend: Backend, name: str, step: str) -> Any:
    store = backend.store()
    run = find_run(store, name)
    report = find_step(run, step)
    path = executed_path(run, report)
    try:
        return json.loads(read_executed(store, report, path))
    except ValueError as error:
        raise NoExecutedNotebook(f"{path} is damaged: {error}") from None


def _log(backend: Backend, name: str, step: str) -> StepLogText:
    store = backend.store()
    run = find_run(store, name)
    report = find_step(run, step)
    return StepLogText(
        run=run.run,
        step=step,
        events=tuple(StepLog(store, run.run, step).news(report)),
        complete=report.state not in _RUNNING,
    )
