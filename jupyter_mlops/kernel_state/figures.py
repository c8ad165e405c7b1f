"""Pyplot: its backend goes on; asking for the current figure of an earlier step is refused."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.errors import Refused
from jupyter_mlops.kernel_state.standin import noted

_MARK = "_jupyter_mlops_left"
_passed_on: list[str] = []


def read_backend() -> str | None:
    """The backend that pyplot has loaded, here or in an earlier step; it says how figures look."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if getattr(pyplot, "_backend_mod", None) is not None:
        return str(sys.modules["matplotlib"].get_backend())
    return _passed_on[0] if _passed_on else None


def write_backend(name: str) -> None:
    """Loads the backend, if this step has to do with Matplotlib; figures are shown as it says."""
    _passed_on[:] = [name]
    if "matplotlib" in sys.modules:
        importlib.import_module("matplotlib.pyplot").switch_backend(name)


def read_figures() -> Any:
    """Numbers of the figures that are open, here or in the step that left them; None for none."""
    pylab = sys.modules.get("matplotlib._pylab_helpers")
    if pylab is None:
        return None
    return sorted({*_left(pylab.Gcf), *pylab.Gcf.figs}) or None


def write_figures(numbers: list[int]) -> None:
    """From now on pyplot refuses to give a current figure, unless this step has made one.

    The figures themselves travel in the variables that hold them.
    """
    gcf = importlib.import_module("matplotlib._pylab_helpers").Gcf
    get_active, destroy_all = gcf.get_active, gcf.destroy_all

    def get_active_or_refuse() -> Any:
        if _left(gcf) and not gcf.figs:
            raise noted(
                Refused(
                    codes.FIGURE,
                    name="plt",
                    path="plt.gcf()",
                    reason="pyplot's current figure, which an earlier step left open",
                    step="",
                )
            )
        return get_active()

    def destroy_all_and_forget() -> None:
        setattr(gcf, _MARK, ())
        destroy_all()

    setattr(gcf, _MARK, tuple(numbers))
    gcf.get_active = get_active_or_refuse
    gcf.destroy_all = destroy_all_and_forget


def _left(gcf: Any) -> tuple[int, ...]:
    """Numbers of the figures that earlier steps left open."""
    numbers: tuple[int, ...] = getattr(gcf, _MARK, ())
    return numbers
