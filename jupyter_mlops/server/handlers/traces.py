"""Where bytes come from, and pages that people read without the server."""

from __future__ import annotations

import re
from collections.abc import Callable

from jupyter_mlops.model.trace import Trace
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route

_DIGEST = re.compile(r"(sha256:)?[0-9a-f]{4,64}")


class TracesHandler(MlopsHandler):
    """``/mlops/traces``."""

    @route("read")
    async def get(self) -> None:
        """Where bytes or a run come from, and what was made of them."""
        await self.answer(_trace, self.backend, self.needed("of"))


class PageHandler(MlopsHandler):
    """A page of HTML, which can run no script and ask for nothing."""

    @property
    def content_security_policy(self) -> str:
        """What the browser lets the page do."""
        return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"

    async def page(self, function: Callable[..., str], *arguments: object) -> None:
        """Answer with the page that the function gives, called in a thread."""
        text = await self.backend.call(function, *arguments)
        self.finish(text, set_content_type="text/html; charset=UTF-8")


class ReportHandler(PageHandler):
    """``/mlops/runs/{run}/report``."""

    @route("read")
    async def get(self, name: str) -> None:
        """The run as one page."""
        await self.page(_report, self.backend, name)


class ComparisonPageHandler(PageHandler):
    """``/mlops/comparisons/page``."""

    @route("read")
    async def get(self) -> None:
        """The comparison of two runs as one page."""
        await self.page(_comparison, self.backend, self.needed("a"), self.needed("b"))


class TracePageHandler(PageHandler):
    """``/mlops/traces/page``."""

    @route("read")
    async def get(self) -> None:
        """The trace as one page with its graph."""
        await self.page(_trace_page, self.backend, self.needed("of"))


def _trace(backend: Backend, of: str) -> Trace:
    from jupyter_mlops.lineage.trace import trace

    store = backend.store()
    is_digest = _DIGEST.fullmatch(of) is not None  # what is asked for is never a file of the server
    return trace(store, of if is_digest else find_run(store, of).run)


def _trace_page(backend: Backend, of: str) -> str:
    from jupyter_mlops.lineage.tracepage import trace_page

    return trace_page(_trace(backend, of))


def _report(backend: Backend, name: str) -> str:
    from jupyter_mlops.lineage.report import report_page

    store = backend.store()
    return report_page(store, find_run(store, name))


def _comparison(backend: Backend, a: str, b: str) -> str:
    from jupyter_mlops.lineage.compare import compare_runs
    from jupyter_mlops.lineage.diffpage import diff_page

    store = backend.store()
    old, new = find_run(store, a), find_run(store, b)
    return diff_page(store, old, new, compare_runs(store, old, new))
