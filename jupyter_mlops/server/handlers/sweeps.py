"""Sweeps: begun, listed, shown as tables, ended."""

from __future__ import annotations

import os

from jupyter_mlops.model.sweep import SweepReport
from jupyter_mlops.runner import RunRequest
from jupyter_mlops.runner.naming import now
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.environment import chosen_environment
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.handlers.traces import PageHandler
from jupyter_mlops.server.refusals import BadRequest
from jupyter_mlops.server.requests import SweepStart
from jupyter_mlops.server.swept import Sweeps, SweepView, listed, shown
from jupyter_mlops.sweeping.book import find_sweep, list_sweeps

_USUAL, _MOST = 20, 200
_MOST_AT_ONCE = 64


class SweepsHandler(MlopsHandler):
    """``/mlops/sweeps``."""

    @route("read")
    async def get(self) -> None:
        """All of them, or those of a notebook, newest first."""
        limit = self.number("limit", usual=_USUAL, most=_MOST)
        await self.answer(_list, self.backend, self.query("notebook"), limit)

    @route("execute")
    async def post(self) -> None:
        """Begin one."""
        begun = await self.backend.call(_begin, self.backend, self.body(SweepStart))
        self.set_header("Location", f"{self.base_url}mlops/sweeps/{begun.report.sweep.name}")
        self.reply(begun, status=201)


class SweepHandler(MlopsHandler):
    """``/mlops/sweeps/{sweep}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """What came of each combination so far."""
        await self.answer(_show, self.backend, name)


class SweepPageHandler(PageHandler):
    """``/mlops/sweeps/{sweep}/page``."""

    @route("read")
    async def get(self, name: str) -> None:
        """The table as one page."""
        await self.page(_page, self.backend, name)


class SweepCancelHandler(MlopsHandler):
    """``/mlops/sweeps/{sweep}/cancel``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """End it, and its runs."""
        await self.answer(_cancel, self.backend, name, status=202)


def _list(backend: Backend, notebook: str | None, limit: int) -> Sweeps:
    contents = backend.contents
    path = str(contents.locate(notebook)) if notebook is not None else None
    found = list_sweeps(backend.store(), notebook=path, limit=limit)
    return Sweeps(sweeps=tuple(listed(contents, report) for report in found))


def _begin(backend: Backend, asked: SweepStart) -> SweepView:
    from jupyter_mlops.sweeping.define import define_sweep
    from jupyter_mlops.sweeping.driver import start_sweep
    from jupyter_mlops.sweeping.table import Asked, read_option

    parallel = asked.parallel if asked.parallel is not None else os.cpu_count() or 1
    if not 1 <= parallel <= _MOST_AT_ONCE:
        raise BadRequest(f"'parallel' is a number between 1 and {_MOST_AT_ONCE}, not {parallel}")
    rows = [
        Asked(values=row, where=f"row {number}") for number, row in enumerate(asked.rows, start=1)
    ]
    tables = [read_option(f"{name}={values}") for name, values in asked.sweep.items()]
    tables = [rows, *tables] if rows else tables
    if not tables:
        raise BadRequest("values of a parameter are to be given, as 'sweep' or as 'rows'")
    notebook = backend.contents.notebook(asked.path)
    request = RunRequest(
        notebook=notebook,
        given_parameters=asked.parameters,
        engine=asked.engine,
        environment=chosen_environment(backend.contents, notebook, asked.environment),
        hermetic=asked.hermetic,
    )
    store = backend.store()
    sweep = define_sweep(store, request, tables, now())
    begun = start_sweep(store, sweep, parallel=parallel, keep_going=asked.keep_going)
    return shown(backend.contents, begun)


def _find(backend: Backend, name: str) -> SweepReport:
    return find_sweep(backend.store(), name)


def _show(backend: Backend, name: str) -> SweepView:
    return shown(backend.contents, _find(backend, name))


def _page(backend: Backend, name: str) -> str:
    from jupyter_mlops.sweeping.page import sweep_page

    return sweep_page(_find(backend, name))


def _cancel(backend: Backend, name: str) -> SweepView:
    from jupyter_mlops.sweeping.cancel import cancel_sweep

    return shown(backend.contents, cancel_sweep(backend.store(), name))
