"""Ambient facets of the process: cwd, environment, ``sys.path``, generators, warnings, locale."""

from __future__ import annotations

import locale
import os
import random
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state import secrets
from jupyter_mlops.kernel_state.logs import (
    Snapshot,
    observe_logging,
    read_logging,
    write_logging,
)

TWISTER_BLOCKS = 128
"""How many blocks of 624 numbers an unseeded Mersenne twister is followed, to recognise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A piece of state that no variable holds.

    Attributes:
        name: starts with ``@``.
        read: its value as something to pickle, or None if it is as in a kernel that just started
            (or its library is not loaded).
        write: puts a value that ``read`` gave in force.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The process as the kernel's first cell found it."""

    work: Path
    cwd: str
    environ: Mapping[str, str]
    path: tuple[Any, ...]
    random: Any | None
    logging: Snapshot


def observe_start(work: Path, *, is_seeded: bool) -> Start:
    """The process as it is now.

    Args:
        is_seeded: True if the cell of the parameters may have seeded generators.
        work: the root of the working folder; paths within travel relative to it.
    """
    return Start(
        work=work,
        cwd=str(Path.cwd()),
        environ=dict(os.environ),
        path=tuple(sys.path),
        random=None if is_seeded else random.getstate(),
        logging=observe_logging(),
    )


def early_facets(start: Start) -> tuple[Facet, ...]:
    """Facets that imports need: they are put in force before the shared cells, and again after."""
    return (
        Facet(
            name="@environ",
            read=lambda: _read_environ(start),
            write=lambda value: _write_environ(start, value),
        ),
        Facet(
            name="@cwd",
            read=lambda: _read_cwd(start),
            write=lambda value: os.chdir(_absolute(start, value)),
        ),
        Facet(
            name="@sys.path",
            read=lambda: _read_path(start),
            write=lambda value: _write_path(start, value),
        ),
    )


def late_facets(start: Start) -> tuple[Facet, ...]:
    """Facets of the standard library that are put in force after the variables."""
    return (
        Facet(name="@random", read=lambda: _read_random(start), write=random.setstate),
        Facet(name="@warnings", read=_read_warnings, write=_write_warnings),
        Facet(name="@decimal", read=_read_decimal, write=_write_decimal),
        Facet(
            name="@locale",
            read=lambda: locale.setlocale(locale.LC_ALL),
            write=lambda value: locale.setlocale(locale.LC_ALL, value),
        ),
        Facet(
            name="@logging",
            read=lambda: read_logging(start.logging, start.work),
            write=lambda value: write_logging(start.logging, start.work, value),
        ),
    )


def _relative(start: Start, path: Any) -> tuple[str, Any]:
    if isinstance(path, str) and Path(path).is_absolute() and Path(path).is_relative_to(start.work):
        return "work", Path(path).relative_to(start.work).as_posix()
    return "", path


def _absolute(start: Start, value: tuple[str, Any]) -> Any:
    kind, path = value
    return str(start.work / path) if kind == "work" else path


def _read_cwd(start: Start) -> tuple[str, Any] | None:
    try:
        cwd = str(Path.cwd())
    except FileNotFoundError:  # the step removed the folder that it stands in
        return None
    return None if cwd == start.cwd else _relative(start, cwd)


def _is_ours(variable: str) -> bool:
    return variable.startswith("JUPYTER_")


def _read_environ(start: Start) -> dict[str, Any] | None:
    now = dict(os.environ)
    assigned = {
        name: value
        for name, value in sorted(now.items())
        if start.environ.get(name) != value and not _is_ours(name)
    }
    removed = sorted(name for name in start.environ if name not in now and not _is_ours(name))
    if not assigned and not removed:
        return None
    secret = {
        name: secrets.guarded.split(value)
        for name, value in assigned.items()
        if secrets.guarded.find(value)
    }
    plain = {name: value for name, value in assigned.items() if name not in secret}
    return {"set": plain, "removed": removed} | ({"secret": secret} if secret else {})


def _write_environ(start: Start, value: Mapping[str, Any]) -> None:
    wanted = {**start.environ, **value["set"]}
    for name in value["removed"]:
        wanted.pop(name, None)
    for name, parts in value.get("secret", {}).items():
        wanted.pop(name, None)
        if (text := secrets.guarded.join(parts)) is not None:
            wanted[name] = text
    for name in [name for name in os.environ if name not in wanted and not _is_ours(name)]:
        del os.environ[name]
    for name, text in wanted.items():
        if os.environ.get(name) != text and not _is_ours(name):
            os.environ[name] = text


def _read_path(start: Start) -> list[tuple[str, Any]] | None:
    if tuple(sys.path) == start.path:
        return None
    places = {entry: index for index, entry in reversed(list(enumerate(start.path)))}
    return [
        ("start", places[entry]) if entry in places else _relative(start, entry)
        for entry in sys.path
    ]


def _write_path(start: Start, value: list[tuple[str, Any]]) -> None:
    sys.path[:] = [
        start.path[entry] if kind == "start" else _absolute(start, (kind, entry))
        for kind, entry in value
        if kind != "start" or entry < len(start.path)
    ]


def _read_random(start: Start) -> Any:
    """The state of the generator, if somebody seeded it: else any other is as good."""
    state = random.getstate()
    if start.random is None:
        return state
    twister = random.Random()
    now, key = state[1][:-1], start.random[1][:-1]
    for _ in range(TWISTER_BLOCKS):
        if key == now:
            return None
        twister.setstate((3, (*key, len(key)), None))
        twister.getrandbits(32)
        key = twister.getstate()[1][:-1]
    return state


def _read_warnings() -> list[tuple[Any, ...]]:
    return list(warnings.filters)


def _write_warnings(value: list[tuple[Any, ...]]) -> None:
    warnings.resetwarnings()  # tells the machinery that what it remembers is no longer valid
    warnings.filters[:] = value  # type: ignore[index]


def _read_decimal() -> Any:
    decimal = sys.modules.get("decimal")
    if decimal is None:
        return None
    context = decimal.getcontext()
    return None if repr(context) == repr(decimal.DefaultContext) else context.copy()


def _write_decimal(value: Any) -> None:
    import decimal

    decimal.setcontext(value.copy())
