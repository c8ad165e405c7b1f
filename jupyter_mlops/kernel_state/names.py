"""Which names of the user namespace are the notebook's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

_INTERACTIVE = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[dio]h|_exit_code|__\w+__|_mlops")
_INTERACTIVE_NAMES = frozenset({"In", "Out", "get_ipython"})
_OVERRIDABLE_NAMES = frozenset({"exit", "quit", "open"})


def notebook_names(namespace: dict[str, Any]) -> list[str]:
    """The names that the notebook's cells bound, sorted."""
    return sorted(name for name in namespace if is_notebook_name(name, namespace))


def is_notebook_name(name: str, namespace: dict[str, Any]) -> bool:
    """True if the name is bound by the notebook's cells, not by Python or IPython."""
    if name not in namespace or name in _INTERACTIVE_NAMES or _INTERACTIVE.fullmatch(name):
        return False
    if name in _OVERRIDABLE_NAMES:
        value = namespace[name]
        homes = (getattr(value, "__module__", None), type(value).__module__)
        return not any(str(home).startswith("IPython.") for home in homes)
    return True


def imported_submodules(cells: Iterable[Any]) -> frozenset[str]:
    """The dotted names that cells import with ``import a.b``, without ``as``.

    Such a statement binds only ``a``, and the binding alone does not say that ``a.b`` is needed.

    Args:
        cells: sources, as IPython keeps them.
    """
    found: set[str] = set()
    for cell in cells:
        try:
            tree = ast.parse(cell)
        except (SyntaxError, ValueError, TypeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(
                    alias.name for alias in node.names if "." in alias.name and alias.asname is None
                )
    return frozenset(found)
