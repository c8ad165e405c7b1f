"""The oracle: a notebook run whole, in one kernel, against what its pipeline gives."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlops.verify.compare import CellVerdict, Verification
    from jupyter_mlops.verify.verify import verify_notebook

__all__ = ["CellVerdict", "Verification", "verify_notebook"]

_HOMES = {"CellVerdict": "compare", "Verification": "compare", "verify_notebook": "verify"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
