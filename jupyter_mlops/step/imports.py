"""What the imports of papermill would do in vain."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_GRAMMAR = "rfc3987_syntax"
_CLIENT = "requests"
_REMOTE = ("azure", "boto3", "gcsfs", "pyarrow")
"""For notebooks that lie elsewhere; papermill does without them."""


class _ImportedWhenUsed(ModuleType):
    """Stands for a module that papermill imports and needs for notebooks from the net only."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def import_less() -> None:
    """Have the import of papermill leave out what the run of a step never uses.

    That is a grammar of internet addresses, a second of processor time, which jsonschema builds,
    where JupyterLab's dependencies are installed, for a check of string formats that notebooks do
    not ask for; an HTTP client, and clients of storage. Only for a process that does nothing but
    run steps, before it imports papermill.
    """
    sys.modules.setdefault(_GRAMMAR, None)  # type: ignore[arg-type]
    for name in _REMOTE:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    sys.modules.setdefault(_CLIENT, _ImportedWhenUsed(_CLIENT))
