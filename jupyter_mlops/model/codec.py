"""The one JSON codec for the model types: dataclasses to plain JSON values and back."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """A plain JSON value for a model value: dataclasses become objects, tuples become arrays."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def finite(value: Any) -> Any:
    """The JSON value with numbers that JSON lacks as ``"NaN"``, ``"Infinity"``, ``"-Infinity"``."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def from_json(kind: type[T], value: Any) -> T:
    """The model value of the given dataclass that ``value`` describes.

    Fields that this version does not know are left out, so that it reads what a newer one wrote.

    Raises:
        TypeError: if a required field is missing or a value has the wrong shape.
    """
    return typing.cast(T, _read(kind, value))


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise TypeError(f"{kind} is written as an object, not as {value!r}")
        hints = _hints(typing.cast(type, kind))
        return typing.cast(Any, kind)(
            **{f.name: _read(hints[f.name], value[f.name]) for f in fields(kind) if f.name in value}
        )
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read_union(arguments, value)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_read(arguments[0], item) for item in value)
        return tuple(
            _read(item_kind, item) for item_kind, item in zip(arguments, value, strict=True)
        )
    if origin is not None and origin is not Literal and issubclass(origin, Mapping):
        return {key: _read(arguments[1], item) for key, item in value.items()}
    return value


def _read_union(arguments: tuple[Any, ...], value: Any) -> Any:
    """The first dataclass of the union whose required names all occur in ``value``."""
    models = [a for a in arguments if is_dataclass(a)]
    for kind in models:
        if isinstance(value, Mapping) and {f.name for f in fields(kind)} >= set(value):
            return _read(kind, value)
    if models and isinstance(value, Mapping):
        return _read(models[-1], value)
    rest = [a for a in arguments if a is not type(None) and not is_dataclass(a)]
    return _read(rest[0], value) if rest else value
