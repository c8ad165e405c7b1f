"""Where in a variable it stands what cannot be carried."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.refusals import HoldsSecret, Reason, reason_for

_DESCENTS = 200  # access paths longer than this help nobody


@dataclass(frozen=True, slots=True)
class Culprit:
    """What makes a variable uncarriable.

    Attributes:
        path: access path to it, such as ``model.log``.
        reason: what stands there.
    """

    path: str
    reason: Reason


def find_culprit(name: str, value: Any, fails: Callable[[Any], Exception | None]) -> Culprit:
    """What makes a variable uncarriable.

    Args:
        name: of the variable.
        value: of the variable.
        fails: gives the exception with which an object cannot be pickled, or None.
    """
    path, error = name, fails(value)
    seen = {id(value)}
    for _ in range(_DESCENTS):
        if reason_for(value) is not None or isinstance(value, (str, bytes, bytearray)):
            break
        for label, child in _parts(value):
            if id(child) in seen:
                continue
            seen.add(id(child))
            if (child_error := fails(child)) is not None:
                path, value, error = path + label, child, child_error
                break
        else:
            break
    reason = error.reason if isinstance(error, HoldsSecret) else reason_for(value)
    return Culprit(path, reason or _describe(value, error))


def _describe(value: Any, error: Exception | None) -> Reason:
    kind = type(value)
    home = "" if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}."
    if isinstance(error, RecursionError) or isinstance(
        getattr(error, "__cause__", None), RecursionError
    ):
        text = f"an object of {home}{kind.__qualname__} that is nested too deeply"
        return Reason(text, codes.TOO_DEEP)
    text = f"an object of {home}{kind.__qualname__} that cannot be pickled ({error})"
    return Reason(text, codes.NOT_PICKLABLE)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What an object is made of for a pickler, with what to add to its access path."""
    if isinstance(value, Mapping):
        for key, item in list(value.items()):
            yield f"[{key!r}]", item
            yield f".<key {key!r}>", key
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield f"[{index}]", item
    elif isinstance(value, (set, frozenset)):
        for item in list(value):
            yield f".<item {item!r}>", item
    elif isinstance(value, types.FunctionType):
        yield from _parts_of_function(value)
    elif isinstance(value, types.MethodType):
        yield ".__self__", value.__self__
    elif isinstance(value, types.CellType):
        try:
            yield "", value.cell_contents
        except ValueError:
            return
    elif isinstance(value, type):
        for key, item in list(vars(value).items()):
            yield f".{key}", item
    if not isinstance(value, (type, types.FunctionType, types.ModuleType)):
        yield from _parts_of_state(value)


def _parts_of_function(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield f".<closure {name}>", cell
    for index, item in enumerate(function.__defaults__ or ()):
        yield f".__defaults__[{index}]", item
    for name, item in (function.__kwdefaults__ or {}).items():
        yield f".__kwdefaults__[{name!r}]", item
    for name, item in vars(function).items():
        yield f".{name}", item


def _parts_of_state(value: Any) -> Iterator[tuple[str, Any]]:
    try:
        reduced = value.__reduce_ex__(5)
    except Exception:
        reduced = None
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    if state is None:
        state = getattr(value, "__dict__", None)
    for part in state if isinstance(state, tuple) else (state,):
        if isinstance(part, dict):
            for key, item in list(part.items()):
                yield f".{key}", item
    if isinstance(reduced, tuple):
        for index, item in enumerate(reduced[1] if isinstance(reduced[1], tuple) else ()):
            yield f".<argument {index}>", item
    if type(value).__module__ == "numpy" and getattr(value, "dtype", None) is not None:
        numpy = sys.modules["numpy"]
        if value.dtype.hasobject and isinstance(value, numpy.ndarray):
            for index, item in enumerate(value.flat):
                yield f".flat[{index}]", item
