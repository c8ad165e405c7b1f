"""The runner: a notebook and its parameters become a run, and every run ends in a known state."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlops.runner.driver import run_pipeline
    from jupyter_mlops.runner.recovery import cancel_run, is_elsewhere, recover
    from jupyter_mlops.runner.request import RunRequest

__all__ = ["RunRequest", "cancel_run", "is_elsewhere", "recover", "run_pipeline"]

_HOMES = {
    "RunRequest": "request",
    "cancel_run": "recovery",
    "is_elsewhere": "recovery",
    "recover": "recovery",
    "run_pipeline": "driver",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
