"""Bodies of requests: JSON that has the fields of a dataclass, and no others."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin

from jupyter_mlops.server.refusals import BadRequest

T = TypeVar("T")

_WORDS = {str: "text", bool: "true or false", int: "a whole number", type(None): "null"}


def read_body(kind: type[T], body: bytes) -> T:
    """The dataclass of ``requests`` that the body of a request describes.

    Raises:
        BadRequest: the body is not JSON, or has other fields or types; says which.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body of the request is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest("the body of the request is not a JSON object")
    return _read(kind, value, "")


def _read(kind: type[T], value: Mapping[str, Any], place: str) -> T:
    """The dataclass of a JSON object that stands at ``place``, such as ``trigger.``."""
    hints = typing.get_type_hints(kind)
    known = {field.name: field for field in fields(typing.cast(Any, kind))}
    for name, item in value.items():
        if name not in known:
            raise BadRequest(
                f"the request has the unknown field {place + name!r}",
                fix=f"known fields: {', '.join(known)}",
            )
        if not _fits(hints[name], item):
            said = _said(hints[name])
            raise BadRequest(f"the field {place + name!r} of the request has to be {said}")
    for name, field in known.items():
        if name not in value and field.default is MISSING and field.default_factory is MISSING:
            raise BadRequest(f"the request lacks the field {place + name!r}")
    return kind(**{name: _built(hints[name], item, place + name) for name, item in value.items()})


def _built(kind: Any, value: Any, place: str) -> Any:
    """A value as the field of that type has it."""
    if get_origin(kind) is tuple:
        return tuple(value)
    for one in get_args(kind) or (kind,):
        if is_dataclass(one) and isinstance(value, dict):
            return _read(typing.cast(Any, one), value, f"{place}.")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _fits(kind: Any, value: Any) -> bool:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return isinstance(value, dict)
    if origin in (Union, types.UnionType):
        return any(_fits(one, value) for one in get_args(kind))
    if origin is Literal:
        return value in get_args(kind)
    if origin is tuple:
        return isinstance(value, list) and all(_fits(get_args(kind)[0], item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        of_each = get_args(kind)[1]
        return isinstance(value, dict) and all(_fits(of_each, item) for item in value.values())
    if kind is Any:
        return True
    if kind is int and isinstance(value, bool):
        return False
    return isinstance(value, kind)


def _said(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_said, arguments))
    if origin is tuple:
        return f"an array, each of it {_said(arguments[0])}"
    if origin is Literal:
        return f"one of {', '.join(arguments)}"
    if origin is not None and issubclass(origin, Mapping) and arguments[1] is not Any:
        return f"a JSON object, each value of it {_said(arguments[1])}"
    return _WORDS.get(kind, "a JSON object")
