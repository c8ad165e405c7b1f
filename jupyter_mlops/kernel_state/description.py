"""What variables are, in a few words: so that two versions are told apart without loading them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

_LONGEST = 200
_MOST_COLUMNS = 200
_MOST_CELLS = 1_000_000
_MOST_ITEMS = 10
_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_CONTAINERS = (list, tuple, dict, set, frozenset)

Description = dict[str, Any]


def describe_all(names: Iterable[str], namespace: Mapping[str, Any]) -> dict[str, Description]:
    """Of each variable that is a plain value, an array or a table what it is.

    No code of the notebook is called: only exact types count, and none that it made itself.
    """
    found = {}
    for name in sorted(set(names) & namespace.keys()):
        with suppress(Exception):  # a library's own trouble with its value is none of the step's
            described = _describe(namespace[name])
            if described is not None:
                found[name] = described
    return found


def _describe(value: Any) -> Description | None:
    kind = type(value)
    if kind in _SCALARS or kind in _CONTAINERS:
        sized = {"shape": [len(value)]} if hasattr(value, "__len__") else {}
        return {"type": kind.__name__, "text": _text(value), **sized}
    if _is(value, "numpy", "generic"):
        return {"type": kind.__name__, "text": repr(value.item())[:_LONGEST]}
    if _is(value, "numpy", "ndarray"):
        return {"type": "ndarray", "shape": list(value.shape), "dtype": str(value.dtype)}
    if _is(value, "pandas", "DataFrame") or _is(value, "polars", "DataFrame"):
        return {"type": "DataFrame", "shape": list(value.shape), "columns": _columns(value)}
    if _is(value, "pandas", "Series") or _is(value, "polars", "Series"):
        return {"type": "Series", "shape": list(value.shape), "dtype": str(value.dtype)}
    return None


def _is(value: Any, module: str, name: str) -> bool:
    """True for that class of a library itself; NumPy's scalars have classes below theirs."""
    library = sys.modules.get(module)
    wanted = getattr(library, name, None)
    if name == "generic":
        return wanted is not None and isinstance(value, wanted) and type(value).__module__ == module
    return type(value) is wanted


def _text(value: Any) -> str:
    """How it reads, if that is short; of containers, if they hold scalars only."""
    if type(value) in _CONTAINERS:
        items = [*value, *(value.values() if type(value) is dict else ())]
        if len(items) > _MOST_ITEMS or any(type(item) not in _SCALARS for item in items):
            return ""
    elif type(value) in (str, bytes) and len(value) > _LONGEST:
        return ""
    text = repr(value)
    return text if len(text) <= _LONGEST else ""


def _columns(table: Any) -> list[Description]:
    rows, width = table.shape
    is_small = rows * width <= _MOST_CELLS
    types = zip(table.columns, table.dtypes, strict=True)
    return [
        {
            "name": str(name)[:_LONGEST],
            "type": str(dtype),
            "digest": _digest(table, place) if is_small else "",
        }
        for place, (name, dtype) in enumerate(islice(types, _MOST_COLUMNS))
    ]


def _digest(table: Any, place: int) -> str:
    """Of the values of a column; equal in every kernel for equal ones. Empty if there is none."""
    try:
        if _is(table, "polars", "DataFrame"):
            hashes = table.to_series(place).hash(seed=0).to_numpy()
        else:
            hashes = (
                sys.modules["pandas"]
                .util.hash_pandas_object(table.iloc[:, place], index=False)
                .to_numpy()
            )
    except Exception:  # values that have no hash, such as lists
        return ""
    return hashlib.sha256(hashes.tobytes()).hexdigest()[:16]
