"""Variables of the machine that a kernel of locked packages gets in another form, or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from jupyter_mlops.model.run import Environment


def own_variables(environment: Environment) -> Mapping[str, str]:
    """What makes the programs that a step starts those of its environment.

    Empty but for an environment of locked packages on this machine: an image has its own.
    """
    if environment.lock is None or environment.interpreter is None:
        return {}
    folder = Path(environment.interpreter).parent
    path = os.environ.get("PATH", os.defpath)
    return {"VIRTUAL_ENV": str(folder.parent), "PATH": f"{folder}{os.pathsep}{path}"}


def not_inherited(environment: Environment) -> tuple[str, ...]:
    """What would bring other packages into it."""
    return ("PYTHONPATH",) if own_variables(environment) else ()
