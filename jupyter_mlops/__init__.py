"""Notebook pipelines that give what the notebook gives.

Everything public is named in ``__all__`` and loaded on first use, so that importing the package
costs nothing in a step's kernel or at the start of a command.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.errors import Diagnostic, MlopsError
    from jupyter_mlops.lineage import Catalog
    from jupyter_mlops.notebook import read_notebook
    from jupyter_mlops.runner import RunRequest, run_pipeline
    from jupyter_mlops.store import Store

__version__ = "0.1.0"

__all__ = [
    "Catalog",
    "Diagnostic",
    "MlopsError",
    "RunRequest",
    "Store",
    "__version__",
    "compile_notebook",
    "read_notebook",
    "run_pipeline",
]

_HOMES = {
    "Catalog": "lineage",
    "Diagnostic": "errors",
    "MlopsError": "errors",
    "RunRequest": "runner",
    "Store": "store",
    "compile_notebook": "compiler",
    "read_notebook": "notebook",
    "run_pipeline": "runner",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
