"""Values out of JSON by a path such as ``$.alerts[0].labels.lr``: JSONPath's names and numbers."""

from __future__ import annotations

import json
import re
from typing import Any

from jupyter_mlops.errors import ScheduleError

_PART = re.compile(r"\.([\w-]+)|\[(-?\d+)\]|\[('(?:[^'])*'|\"(?:[^\"\\]|\\.)*\")\]")


class NoSuchValue(ScheduleError):
    """A document has nothing at a path."""


def read_path(text: str) -> tuple[str | int, ...]:
    """The names and positions of a path; ``$`` alone is the whole document.

    ``.name`` and ``['any name']`` lead into an object, ``[0]`` into an array, ``[-1]`` is its last.

    Raises:
        ScheduleError: it is no such path.
    """
    parts: list[str | int] = []
    place = 1
    while text.startswith("$") and (match := _PART.match(text, place)):
        name, number, quoted = match.groups()
        if number is not None:
            parts.append(int(number))
        else:
            parts.append(name if name is not None else _unquoted(quoted))
        place = match.end()
    if not text.startswith("$") or place != len(text):
        raise ScheduleError(
            f"{text!r} is not a path into an event",
            fix="write it as $.name, $.alerts[0].labels.lr or $['a name']",
        )
    return tuple(parts)


def value_at(document: Any, text: str) -> Any:
    """What a document holds at a path.

    Raises:
        NoSuchValue: it holds nothing there.
        ScheduleError: the path cannot be read.
    """
    value = document
    part: Any
    for part in read_path(text):
        try:
            if isinstance(value, dict if isinstance(part, str) else list):
                value = value[part]
                continue
        except LookupError:
            pass
        raise NoSuchValue(f"the event has nothing at {text}", fix="`schedule edit --map` maps it")
    return value


def _unquoted(text: str) -> str:
    return text[1:-1] if text.startswith("'") else str(json.loads(text))
