"""How to make a run again."""

from __future__ import annotations

import json
import shlex
from typing import Any

from jupyter_mlops.model.run import ParameterValue, Run


def command_of(run: Run) -> str:
    """The command that runs the notebook again with the same parameters on the same engine."""
    words = ["jupyter", "mlops", "run", run.notebook]
    for parameter in run.parameters:
        if parameter.origin != "default":
            words += ["-p", parameter.name, _as_text(parameter)]
    return shlex.join([*words, "--engine", run.engine])


def _as_text(parameter: ParameterValue) -> str:
    """The value as ``-p`` reads it."""
    value: Any = parameter.value
    return json.dumps(value) if isinstance(value, (list, dict)) else str(value)
