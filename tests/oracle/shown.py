"""What random programs say of their objects; its source stands in their shared cell."""

from __future__ import annotations

import collections
import enum
import functools
import types
from pathlib import Path

import numpy as np
import pandas as pd


def show(*values):
    """Print values with all that they hold; an object met again is printed as its number."""
    numbers = {}
    met = []  # they live on, so that no other object comes to have their ids
    arrays = []

    def look(value):
        if value is None or type(value) in (bool, int, float, str, range):
            return repr(value)
        if isinstance(value, (np.generic, types.ModuleType, enum.Enum, Path)):
            return str(value)
        if type(value) is tuple:
            return "(" + " ".join(map(look, value)) + ")"
        if id(value) in numbers:
            return f"#{numbers[id(value)]}"
        numbers[id(value)] = len(numbers)
        met.append(value)
        return f"#{numbers[id(value)]}={type(value).__name__}:" + inside(value)

    def inside(value):
        if isinstance(value, (list, collections.deque)):
            return "[" + " ".join(map(look, value)) + "]" + attributes(value)
        if isinstance(value, (set, frozenset)):
            hashed_by_id = any(type(item) not in (int, str) for item in value)
            order = sorted(value, key=name) if hashed_by_id else value
            items = [look(item) for item in order]
            return "{" + " ".join(sorted(items) if hashed_by_id else items) + "}"
        if isinstance(value, dict):
            return "{" + " ".join(f"{look(k)}:{look(v)}" for k, v in value.items()) + "}"
        if isinstance(value, np.ndarray):
            shared = [np.shares_memory(value, other) for other in arrays]
            arrays.append(value)
            items = look(value.tolist()) if value.dtype == object else str(value.tolist())
            return f"{items} {value.dtype} {value.flags.writeable} {shared}"
        if isinstance(value, (pd.DataFrame, pd.Series)):
            return repr(value.to_dict()) + repr(value.dtypes)
        if isinstance(value, functools.partial):
            return look(value.func) + look(value.args) + look(value.keywords)
        if isinstance(value, types.MethodType):
            return look(value.__func__) + look(value.__self__)
        if isinstance(value, types.FunctionType):
            cells = [look(c.cell_contents) for c in value.__closure__ or ()]
            return f"{value.__name__} {look(value.__defaults__)} {cells} {look(value.__dict__)}"
        if isinstance(value, type):
            own = {k: v for k, v in vars(value).items() if not k.startswith("__")}
            bases = [look(b) if b.__module__ == "__main__" else b.__name__ for b in value.__bases__]
            return f"{value.__name__} {bases}" + "".join(
                f" {k}={look(v)}" for k, v in sorted(own.items()) if not hasattr(v, "__get__")
            )
        return attributes(value)

    def name(value):
        return f"{type(value).__name__} {getattr(value, '__name__', '')}"

    def attributes(value):
        slots = [n for n in getattr(type(value), "__slots__", ()) if hasattr(value, n)]
        own = {**getattr(value, "__dict__", {}), **{n: getattr(value, n) for n in slots}}
        kind = f"{look(type(value))} " if type(value).__module__ == "__main__" else ""
        return kind + " ".join(f"{k}={look(v)}" for k, v in own.items() if not callable(v))

    print(*map(look, values))


def call(function, *arguments):
    """What the call gives, or what it raises; not what never ends, calls below calls."""
    import sys

    frame, depth = sys._getframe(), 0
    while frame:
        depth, frame = depth + (frame.f_code.co_name == "call"), frame.f_back
    if depth > 5:
        return "deep"
    try:
        return function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
