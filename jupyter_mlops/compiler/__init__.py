"""From a :class:`Notebook` to a :class:`Pipeline` and its stage notebooks."""

from __future__ import annotations

from jupyter_mlops.compiler.compile import (
    Analysis,
    Compiled,
    analyse_notebook,
    check_notebook,
    compile_notebook,
)
from jupyter_mlops.compiler.parameters import bind_parameters

__all__ = [
    "Analysis",
    "Compiled",
    "analyse_notebook",
    "bind_parameters",
    "check_notebook",
    "compile_notebook",
]
