"""Ambient facets of the interpreter: its limits, builtins, signal handlers, standard streams."""

from __future__ import annotations

import builtins
import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.ambient import Facet
from jupyter_mlops.kernel_state.standin import stand_in
from jupyter_mlops.kernel_state.table import Refusal

Values = Mapping[Any, Any]
_OF_THE_SHELL = frozenset({"display", "get_ipython"})


def observe_interpreter() -> Mapping[str, Values]:
    """What the kernel's first cell finds, by facet."""
    parts = {name: read() for name, (read, _) in _PARTS.items()}
    return {**parts, _STREAMS: {"stdout": sys.stdout, "stderr": sys.stderr}}


def interpreter_facets(start: Mapping[str, Values]) -> tuple[Facet, ...]:
    """Facets that are put in force after the variables.

    Args:
        start: as ``observe_interpreter`` gave it.
    """
    parts = (_facet(name, read, write, start[name]) for name, (read, write) in _PARTS.items())
    return *parts, Facet(name=_STREAMS, read=lambda: _read_streams(start), write=lambda _: None)


def _facet(
    name: str, read: Callable[[], Values], write: Callable[[Values], None], start: Values
) -> Facet:
    return Facet(name=name, read=lambda: _changed(start, read()), write=write)


def _changed(before: Values, now: Values) -> dict[Any, Any] | None:
    changed = {}
    for key, value in now.items():
        old = before.get(key)
        is_number = isinstance(value, (int, tuple)) and type(value) is type(old)
        if not (value is old or (is_number and value == old)):
            changed[key] = value
    return changed or None


def _read_limits() -> Values:
    mask = os.umask(0o077)
    os.umask(mask)
    return {
        "recursion": sys.getrecursionlimit(),
        "collects": gc.isenabled(),
        "thresholds": gc.get_threshold(),
        "umask": mask,
    }


def _write_limits(value: Values) -> None:
    sys.setrecursionlimit(value.get("recursion", sys.getrecursionlimit()))
    gc.set_threshold(*value.get("thresholds", gc.get_threshold()))
    (gc.enable if value.get("collects", gc.isenabled()) else gc.disable)()
    if "umask" in value:
        os.umask(value["umask"])


def _read_builtins() -> Values:
    return {
        name: value
        for name, value in vars(builtins).items()
        if not name.startswith("_") and name not in _OF_THE_SHELL
    }


def _write_builtins(value: Values) -> None:
    vars(builtins).update(value)


def _read_handlers() -> Values:
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _write_handlers(value: Values) -> None:
    for number, handler in value.items():
        signal.signal(number, handler)


def _read_streams(start: Mapping[str, Values]) -> dict[str, Any] | None:
    """Streams that were replaced: they stand where every ``print`` goes, and cannot be carried."""
    replaced = {}
    for name, stream in start[_STREAMS].items():
        now = getattr(sys, name)
        if now is not stream:
            reason = f"replaced by a {type(now).__name__}"
            code = codes.FACET_REFUSED
            refusal = Refusal(names=(name,), path=f"sys.{name}", reason=reason, code=code, fix="")
            replaced[name] = stand_in(name, refusal)
    return replaced or None


_STREAMS = "@sys.streams"
_PARTS: Mapping[str, tuple[Callable[[], Values], Callable[[Values], None]]] = {
    "@interpreter": (_read_limits, _write_limits),
    "@builtins": (_read_builtins, _write_builtins),
    "@signal": (_read_handlers, _write_handlers),
}
