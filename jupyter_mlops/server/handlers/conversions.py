"""Old notebooks converted: looked at first, then written."""

from __future__ import annotations

from jupyter_mlops.legacy.preview import (
    PreviewWish,
    begin_conversion,
    cancel_conversion,
    find_conversion,
    write_conversion,
)
from jupyter_mlops.model.conversion import ConversionReport
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.converted import ConversionStarted, JobWritten
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.requests import ConversionStart, JobStart


class ConversionsHandler(MlopsHandler):
    """``/mlops/conversions``."""

    @route("execute")
    async def post(self) -> None:
        """Begin a conversion."""
        begun = await self.backend.call(_begin, self.backend, self.body(ConversionStart))
        self.set_header("Location", f"{self.base_url}mlops/conversions/{begun.conversion}")
        self.reply(begun, status=201)


class ConversionHandler(MlopsHandler):
    """``/mlops/conversions/{conversion}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """How far it is, and what came of it."""
        await self.answer(_find, self.backend, name)


class ConversionCancelHandler(MlopsHandler):
    """``/mlops/conversions/{conversion}/cancel``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """End it."""
        await self.answer(_cancel, self.backend, name)


class JobsHandler(MlopsHandler):
    """``/mlops/conversions/{conversion}/job``."""

    @route("write")
    async def post(self, name: str) -> None:
        """Write its job."""
        await self.answer(_write, self.backend, name, self.body(JobStart), status=201)


def _begin(backend: Backend, asked: ConversionStart) -> ConversionStarted:
    wish = PreviewWish(
        notebook=backend.contents.notebook(asked.path),
        engine=asked.engine,
        steps=asked.steps,
        network=asked.allow_network,
        accepted=asked.accepted,
        refused=asked.refused,
        store=backend.installation.store,
    )
    return ConversionStarted(conversion=begin_conversion(backend.store(), wish))


def _find(backend: Backend, name: str) -> ConversionReport:
    return find_conversion(backend.store(), name)


def _cancel(backend: Backend, name: str) -> ConversionReport:
    return cancel_conversion(backend.store(), name)


def _write(backend: Backend, name: str, asked: JobStart) -> JobWritten:
    folder = backend.contents.locate(asked.folder)
    found = write_conversion(backend.store(), name, folder)
    return JobWritten(
        folder=backend.contents.path_of(str(folder)) or asked.folder,
        notebook=backend.contents.path_of(found.notebook) or asked.folder,
    )
