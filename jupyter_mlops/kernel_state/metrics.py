"""Scalars of the user namespace as JSON numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

Scalar = bool | int | float | str


def read_metrics(names: Iterable[str], namespace: Mapping[str, Any]) -> dict[str, Scalar]:
    """The named variables that are scalars, those of NumPy included.

    JSON has no word for what is not finite: such a number is the text ``NaN``, ``Infinity`` or
    ``-Infinity``.
    """
    found = {name: _scalar(namespace[name]) for name in sorted(set(names)) if name in namespace}
    return {name: value for name, value in found.items() if value is not None}


def _scalar(value: Any) -> Scalar | None:
    if not isinstance(value, (bool, int, float, str)) and getattr(value, "ndim", None) == 0:
        try:
            value = value.item()
        except (AttributeError, TypeError, ValueError):
            return None
    if isinstance(value, bool) or (isinstance(value, str) and type(value) is str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        number = float(value)
        if math.isfinite(number):
            return number
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return str(value) if isinstance(value, str) else None
