"""Notebooks as they stand in an editor: analysed, tagged, compiled; never run."""

from __future__ import annotations

from jupyter_mlops.notebook import Notebook, read_notebook
from jupyter_mlops.server.answers import BundleWritten, NotebookAnalysis, Suggestions
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.contents import Contents
from jupyter_mlops.server.environment import chosen_environment
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.requests import BundleStart, NotebookRequest


class AnalysesHandler(MlopsHandler):
    """``/mlops/analyses``."""

    @route("read")
    async def post(self) -> None:
        """Cells, steps, data flow, parameters and findings."""
        asked = self.body(NotebookRequest)
        await self.answer(_analysis, self.backend.contents, asked)


class SuggestionsHandler(MlopsHandler):
    """``/mlops/suggestions``."""

    @route("read")
    async def post(self) -> None:
        """Tags that cells could get."""
        asked = self.body(NotebookRequest)
        await self.answer(_suggestions, self.backend.contents, asked)


class BundlesHandler(MlopsHandler):
    """``/mlops/bundles``."""

    @route("write")
    async def post(self) -> None:
        """A folder of papermill notebooks."""
        asked = self.body(BundleStart)
        await self.answer(_bundle, self.backend, asked, status=201)


def _analysis(contents: Contents, asked: NotebookRequest) -> NotebookAnalysis:
    from jupyter_mlops.compiler import analyse_notebook

    found = analyse_notebook(_notebook(contents, asked))
    return NotebookAnalysis(
        path=asked.path,
        runnable=found.runnable,
        cells=found.cells,
        steps=found.steps,
        parameters=found.parameters,
        flow=found.flow,
        diagnostics=found.diagnostics,
    )


def _suggestions(contents: Contents, asked: NotebookRequest) -> Suggestions:
    from jupyter_mlops.compiler.suggest import suggest

    return Suggestions(path=asked.path, suggestions=suggest(_notebook(contents, asked)))


def _notebook(contents: Contents, asked: NotebookRequest) -> Notebook:
    from jupyter_mlops.notebook.document import notebook_of

    if asked.notebook is None:
        return read_notebook(contents.notebook(asked.path))
    return notebook_of(asked.notebook, contents.locate(asked.path))


def _bundle(backend: Backend, asked: BundleStart) -> BundleWritten:
    from jupyter_mlops.bundle import bundle_notebook

    notebook = backend.contents.notebook(asked.path)
    folder = backend.contents.locate(asked.folder)
    bundled = bundle_notebook(
        notebook,
        folder=folder,
        installation=backend.installation,
        environment=chosen_environment(backend.contents, notebook, asked.environment),
        lock=asked.lock,
    )
    return BundleWritten(
        folder=asked.folder,
        pipeline=bundled.compiled.digest,
        steps=tuple(step.name for step in bundled.compiled.pipeline.steps),
        warnings=bundled.warnings,
        diagnostics=bundled.compiled.diagnostics,
    )
