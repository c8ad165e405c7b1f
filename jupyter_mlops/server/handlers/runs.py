"""Runs: begun, listed, shown, compared, cancelled."""

from __future__ import annotations

import re
from typing import get_args

from jupyter_mlops.model.comparison import Comparison
from jupyter_mlops.model.run import Run, RunState
from jupyter_mlops.server.answers import Pipelines, RunDetail, RunPage, RunStarted, RunSummary
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.environment import chosen_environment
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.launch import launch
from jupyter_mlops.server.refusals import BadRequest
from jupyter_mlops.server.requests import RunStart
from jupyter_mlops.server.views import detail, list_pipelines, list_runs, summary

REASON = "asked for in JupyterLab"
_USUAL, _MOST = 50, 200


class RunsHandler(MlopsHandler):
    """``/mlops/runs``."""

    @route("read")
    async def get(self) -> None:
        """A page of runs, newest first."""
        state, limit = self.query("state"), self.query("limit") or str(_USUAL)
        if state is not None and state not in get_args(RunState):
            raise BadRequest(f"'state' is one of {', '.join(get_args(RunState))}, not {state!r}")
        if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= _MOST:
            raise BadRequest(f"'limit' is a number between 1 and {_MOST}, not {limit!r}")
        arguments = (self.query("notebook"), state, self.query("after"), int(limit))
        page = await self.backend.call(_page, self.backend, *arguments)
        self.watches.follow((r.run, r.notebook) for r in page.runs if r.state == "running")
        self.reply(page)

    @route("execute")
    async def post(self) -> None:
        """Begin a run."""
        run = await self.backend.call(_begin, self.backend, self.body(RunStart))
        self.watches.follow([(run.run, run.notebook)])
        self.set_header("Location", f"{self.base_url}mlops/runs/{run.run}")
        self.reply(RunStarted(run=run.run), status=201)


class RunHandler(MlopsHandler):
    """``/mlops/runs/{run}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """One run, whole."""
        await self.answer(_detail, self.backend, name)


class CancelHandler(MlopsHandler):
    """``/mlops/runs/{run}/cancel``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """Tell a run to end."""
        await self.answer(_cancel, self.backend, name, status=202)


class ComparisonsHandler(MlopsHandler):
    """``/mlops/comparisons``."""

    @route("read")
    async def get(self) -> None:
        """What differs between two runs."""
        a, b = self.query("a"), self.query("b")
        if not a or not b:
            raise BadRequest("two runs are to be named, as 'a' and as 'b'")
        await self.answer(_compare, self.backend, a, b)


class PipelinesHandler(MlopsHandler):
    """``/mlops/pipelines``."""

    @route("read")
    async def get(self) -> None:
        """The notebooks that have runs."""
        found = await self.backend.call(_pipelines, self.backend)
        latest = (pipeline.latest for pipeline in found.pipelines)
        self.watches.follow((r.run, r.notebook) for r in latest if r.state == "running")
        self.reply(found)


def _page(
    backend: Backend, notebook: str | None, state: RunState | None, after: str | None, limit: int
) -> RunPage:
    store, contents = backend.store(), backend.contents
    return list_runs(store, contents, notebook=notebook, state=state, after=after, limit=limit)


def _begin(backend: Backend, asked: RunStart) -> Run:
    from jupyter_mlops.server.driver import Order

    notebook = backend.contents.notebook(asked.path)
    order = Order(
        task="run",
        notebook=str(notebook),
        parameters=asked.parameters,
        engine=asked.engine,
        reason=f"resumes {asked.resume}" if asked.resume else REASON,
        environment=chosen_environment(backend.contents, notebook, asked.environment),
        fresh=asked.fresh,
        fresh_from=asked.from_step,
        resume=asked.resume,
        hermetic=asked.hermetic,
    )
    return backend.store().catalog.find_run(launch(order))


def _detail(backend: Backend, name: str) -> RunDetail:
    return detail(backend.store(), _find(backend, name), backend.contents)


def _find(backend: Backend, name: str) -> Run:
    from jupyter_mlops.runner.past import find_run

    return find_run(backend.store(), name)


def _cancel(backend: Backend, name: str) -> RunSummary:
    from jupyter_mlops.runner import cancel_run
    from jupyter_mlops.verify.record import cancel_verification

    store = backend.store()
    run = cancel_run(store, name)
    cancel_verification(store, run.run)
    return summary(store, backend.contents, run)


def _compare(backend: Backend, a: str, b: str) -> Comparison:
    from jupyter_mlops.lineage.compare import compare_runs

    return compare_runs(backend.store(), _find(backend, a), _find(backend, b))


def _pipelines(backend: Backend) -> Pipelines:
    return list_pipelines(backend.store(), backend.contents)
