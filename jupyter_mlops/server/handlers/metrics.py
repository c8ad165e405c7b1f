"""What Prometheus reads, where no service listens."""

from __future__ import annotations

from jupyter_mlops.runner.naming import now
from jupyter_mlops.scheduling.metrics import KIND
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route


class MetricsHandler(MlopsHandler):
    """``/mlops/metrics``."""

    @route("read")
    async def get(self) -> None:
        """The metrics of the store."""
        text = await self.backend.call(_metrics, self.backend)
        self.finish(text, set_content_type=KIND)


def _metrics(backend: Backend) -> bytes:
    return backend.opened().exporter.text(now())
