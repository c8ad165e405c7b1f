"""Runs inside a step's kernel: carries variables from earlier steps to later ones.

Standard library and cloudpickle only, and no other room of the house: whatever the notebook
imports, in whatever version, stays the notebook's own affair.

A stage notebook calls, in this order, ``enter()``, its shared cells, ``restore(…)``, the step's
cells and ``capture(…)``. State passes through the folder that ``JUPYTER_MLOPS_STATE`` names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state import codes as _codes
from jupyter_mlops.kernel_state import publication as _publication
from jupyter_mlops.kernel_state import session as _session
from jupyter_mlops.kernel_state.errors import (
    KernelStateError,
    ObjectCorrupted,
    ObjectMissing,
    Refused,
)

__all__ = [
    "KernelStateError",
    "ObjectCorrupted",
    "ObjectMissing",
    "Refused",
    "capture",
    "enter",
    "restore",
]

_current: _session.Session | None = None


def enter() -> None:
    """Puts cwd, environment and ``sys.path`` in force as earlier steps left them.

    From here on the files that the step reads are recorded.

    Raises:
        KernelStateError: if no state folder is named, or a facet cannot be put in force.
    """
    global _current
    _current = _session.enter(_user_namespace(), _state_folder())


def restore(*names: str, everything: bool = False) -> None:
    """Binds the variables of earlier steps, then puts generators and options in force.

    Args:
        names: variables that the step may read; one that nobody left is left alone.
        everything: True to bind all that earlier steps left.

    Raises:
        Refused: if an earlier step could not leave a variable that is asked for by name.
        ObjectMissing, ObjectCorrupted: if an object is not what the table says.
        KernelStateError: if a variable cannot be loaded here.
    """
    _session.restore(_entered(), names, everything=everything)


def capture(
    *names: str, everything: bool = False, step: str = "", metrics: Sequence[str] = ()
) -> None:
    """Leaves variables, ambient state and what was observed for later steps.

    A variable that cannot be carried is no error here; a later step that asks for it gets one.

    Args:
        names: variables that later steps may read; one that is not bound is left out.
        everything: True for all variables.
        step: name of the step.
        metrics: variables whose scalar values are metrics of the run.

    Raises:
        Refused: if the step used what could not be carried, and caught the error.
        KernelStateError: if no state folder is named.
        OSError: if the state folder cannot be written.
    """
    _publication.capture(_entered(), names, everything=everything, step=step, metrics=metrics)


def _entered() -> _session.Session:
    global _current
    if _current is None:
        _current = _session.enter(_user_namespace(), _state_folder())
    return _current


def _user_namespace() -> dict[str, Any]:
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    if shell is not None:
        namespace: dict[str, Any] = shell.user_ns
        return namespace
    return vars(sys.modules["__main__"])


def _state_folder() -> Path:
    folder = os.environ.get("JUPYTER_MLOPS_STATE")
    if not folder:
        raise KernelStateError(
            _codes.NO_STATE_FOLDER,
            "this stage of a pipeline does not know where its variables are: "
            "JUPYTER_MLOPS_STATE is not set",
            fix="run the notebook with `jupyter mlops run`, or, to run its stages by hand one "
            "after another, set JUPYTER_MLOPS_STATE to one empty folder for all of them",
        )
    return Path(folder).absolute()
