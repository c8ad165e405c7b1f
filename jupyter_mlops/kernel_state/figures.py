"""Pyplot: its backend goes on; asking for the current figure of an earlier step is refused."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.errors import Refused
from jupyter_mlops.kernel_state.standin import noted

_passed_on: list[str] = []


@dataclass(slots=True)
class _Left:
    """The figures that earlier steps left open.

    Attributes:
        numbers: of all of them, the current one last.
        restored: of those that came in variables.
        is_past: False until this step has chosen a current figure itself.
    """

    numbers: tuple[int, ...] = ()
    restored: frozenset[int] = frozenset()
    is_past: bool = True

    def open(self, here: Iterable[int]) -> list[int]:
        """Numbers of the figures that are open now, the current one last."""
        here = list(here)
        known = [n for n in self.numbers if n in here or n not in self.restored]
        if not self.is_past:
            return known
        return [n for n in known if n not in here] + here


_left = _Left()


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
    """Numbers of the figures that are open, the current one last; None for none."""
    pylab = sys.modules.get("matplotlib._pylab_helpers")
    if pylab is None:
        return None
    return _left.open(pylab.Gcf.figs) or None


def write_figures(numbers: Sequence[int]) -> None:
    """From now on pyplot gives as current the figure that was, if it came in a variable.

    Else it refuses to give one, unless this step has chosen another. The figures themselves travel
    in the variables that hold them.
    """
    gcf = importlib.import_module("matplotlib._pylab_helpers").Gcf
    get_active, set_active, destroy_all = gcf.get_active, gcf.set_active, gcf.destroy_all
    for number in numbers:
        if number in gcf.figs:
            gcf.figs.move_to_end(number)
    _left.numbers, _left.restored, _left.is_past = tuple(numbers), frozenset(gcf.figs), False

    def get_active_or_refuse() -> Any:
        open_now = _left.open(gcf.figs)
        if open_now and open_now[-1] not in gcf.figs:
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

    def set_active_here(manager: Any) -> None:
        _left.is_past = True
        set_active(manager)

    def destroy_all_and_forget() -> None:
        _left.numbers = ()
        destroy_all()

    gcf.get_active = get_active_or_refuse
    gcf.set_active = set_active_here
    gcf.destroy_all = destroy_all_and_forget
