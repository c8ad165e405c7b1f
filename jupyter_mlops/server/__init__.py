"""The Jupyter Server extension: thin handlers over what the command line uses."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from jupyter_mlops.server.app import MlopsApp

    return [{"module": __name__, "app": MlopsApp}]
