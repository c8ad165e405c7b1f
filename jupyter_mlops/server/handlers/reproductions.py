"""Recorded runs made again: run with a verdict, laid out as they were, opened at a step."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.lineage.reproduced import find_reproduction
from jupyter_mlops.model.reproduction import ReproductionReport
from jupyter_mlops.model.run import Run
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.server.answers import RunRestored, RunStarted, StepOpened
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.launch import launch
from jupyter_mlops.server.requests import OpeningStart, ReproductionStart, RestorationStart


class ReproductionsHandler(MlopsHandler):
    """``/mlops/reproductions``."""

    @route("execute")
    async def post(self) -> None:
        """Begin to run a recorded run again."""
        run = await self.backend.call(_begin, self.backend, self.body(ReproductionStart))
        self.watches.follow([(run.run, run.notebook)])
        self.set_header("Location", f"{self.base_url}mlops/reproductions/{run.run}")
        self.reply(RunStarted(run=run.run), status=201)


class ReproductionHandler(MlopsHandler):
    """``/mlops/reproductions/{run}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """What came of it."""
        await self.answer(_find, self.backend, name)


class RestorationsHandler(MlopsHandler):
    """``/mlops/restorations``."""

    @route("write")
    async def post(self) -> None:
        """Lay out the working folder of a run."""
        await self.answer(_restore, self.backend, self.body(RestorationStart), status=201)


class OpeningsHandler(MlopsHandler):
    """``/mlops/openings``."""

    @route("execute")
    async def post(self) -> None:
        """Open a step with what it received; the server knows its kernel from now on."""
        opened = await self.backend.call(_open, self.backend, self.body(OpeningStart))
        _offer(self.kernel_spec_manager, f"{opened.opened.jupyter_path}/kernels")
        self.reply(opened, status=201)


def _begin(backend: Backend, asked: ReproductionStart) -> Run:
    from jupyter_mlops.server.driver import Order

    store = backend.store()
    order = Order(
        task="reproduce",
        notebook="",
        parameters={},
        engine=asked.engine,
        reason="reproduces",
        run=find_run(store, asked.run).run,
        step=asked.step,
    )
    return store.catalog.find_run(launch(order))


def _find(backend: Backend, name: str) -> ReproductionReport:
    store = backend.store()
    return find_reproduction(store, find_run(store, name).run)


def _restore(backend: Backend, asked: RestorationStart) -> RunRestored:
    from jupyter_mlops.lineage.restore import restore_run

    contents = backend.contents
    restored = restore_run(backend.store(), asked.run, contents.locate(asked.folder))
    return RunRestored(
        restored=restored,
        folder=contents.path_of(restored.folder) or asked.folder,
        notebook=contents.path_of(restored.notebook) or asked.folder,
    )


def _open(backend: Backend, asked: OpeningStart) -> StepOpened:
    from jupyter_mlops.lineage.debug import open_step

    contents, settings = backend.contents, backend.installation.settings()
    folder = contents.locate(asked.folder)
    opened = open_step(
        backend.store(), asked.run, asked.step, folder, settings=settings, engine=asked.engine
    )
    return StepOpened(
        opened=opened,
        folder=contents.path_of(opened.folder) or asked.folder,
        notebook=contents.path_of(opened.notebook) or asked.folder,
    )


def _offer(specs: Any, folder: str) -> None:
    """Let the server's kernels include those of a folder."""
    if folder not in specs.kernel_dirs:
        specs.kernel_dirs = [folder, *specs.kernel_dirs]
