"""The installation behind the panel."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import TYPE_CHECKING

from jupyter_mlops import __version__
from jupyter_mlops.errors import EngineError, MlopsError
from jupyter_mlops.server.answers import EngineStatus, Status
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.watch import SCHEMA

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops


class StatusHandler(MlopsHandler):
    """``/mlops/status``."""

    @route("read")
    async def get(self) -> None:
        """Version, engines and store."""
        await self.answer(_status, self.backend)


def _status(backend: Backend) -> Status:
    settings = backend.installation.settings()
    try:
        backend.store()
        problem = ""
    except MlopsError as error:
        problem = str(error)
    engines = _engines(settings)
    return Status(
        version=__version__,
        python=platform.python_version(),
        store=str(settings.store_path),
        problem=problem,
        default_engine="docker" if engines[-1].available else "local",
        engines=engines,
        base_image=settings.base_image,
        schema=SCHEMA,
    )


def _engines(settings: Mlops) -> tuple[EngineStatus, ...]:
    from jupyter_mlops.engines.choice import ENGINES

    return tuple(_engine(name, settings) for name in ENGINES)


def _engine(name: str, settings: Mlops) -> EngineStatus:
    from contextlib import closing

    from jupyter_mlops.engines import open_engine

    try:
        with closing(open_engine(name, settings)) as engine:
            can = tuple(what for what, able in asdict(engine.capabilities).items() if able)
            return EngineStatus(name=name, available=True, capabilities=can)
    except EngineError as error:
        return EngineStatus(name=name, available=False, message=str(error))
