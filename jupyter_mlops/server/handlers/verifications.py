"""Whether a pipeline gives what its notebook gives."""

from __future__ import annotations

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.server.answers import RunStarted
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.environment import chosen_environment
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.launch import launch
from jupyter_mlops.server.requests import VerificationStart
from jupyter_mlops.verify.record import VerificationReport, find_verification


class VerificationsHandler(MlopsHandler):
    """``/mlops/verifications``."""

    @route("execute")
    async def post(self) -> None:
        """Begin a verification."""
        run = await self.backend.call(_begin, self.backend, self.body(VerificationStart))
        self.watches.follow([(run.run, run.notebook)])
        self.set_header("Location", f"{self.base_url}mlops/verifications/{run.run}")
        self.reply(RunStarted(run=run.run), status=201)


class VerificationHandler(MlopsHandler):
    """``/mlops/verifications/{run}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """What it found."""
        await self.answer(_find, self.backend, name)


def _begin(backend: Backend, asked: VerificationStart) -> Run:
    from jupyter_mlops.server.driver import Order

    notebook = backend.contents.notebook(asked.path)
    order = Order(
        task="verify",
        notebook=str(notebook),
        parameters=asked.parameters,
        engine=asked.engine,
        reason="verifies",
        environment=chosen_environment(backend.contents, notebook, asked.environment),
    )
    return backend.store().catalog.find_run(launch(order))


def _find(backend: Backend, name: str) -> VerificationReport:
    store = backend.store()
    return find_verification(store, find_run(store, name).run)
