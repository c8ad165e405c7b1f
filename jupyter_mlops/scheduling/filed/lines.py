"""In which line of a TOML file a key stands: its parser tells that of syntax errors only."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def key_lines(text: str) -> dict[Path, int]:
    """The line of each table and key of a TOML document that can be read, counted from 1."""
    lines, found, table, start = text.split("\n"), dict[Path, int](), Path(), 0
    while start < len(lines):
        end, value = _statement(lines, start)
        is_header = lines[start].lstrip().startswith("[")
        paths = list(_paths(value))
        if is_header:
            table = paths[-1]
        for path in paths:
            found.setdefault(path if is_header else table + path, start + 1)
        start = end
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest table or key around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _statement(lines: list[str], start: int) -> tuple[int, dict[str, Any]]:
    """Where the statement that begins in a line ends, and its value."""
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), {}


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all keys, what is within another one behind it."""
    if isinstance(value, list):
        for item in value:
            yield from _paths(item, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from _paths(item, (*path, key))
