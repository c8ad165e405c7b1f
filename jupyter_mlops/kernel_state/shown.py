"""Which warnings were shown already: each is shown once at its place, not once a step."""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mlops.kernel_state.references import NOTEBOOK_MODULES

_REGISTRY = "__warningregistry__"
_VERSION = "version"


def read_shown() -> Any:
    """What the valid registries of modules hold, by module name, or None.

    IPython empties the notebook's own before each cell. A change of the warning filters, also for
    the time of a ``with``, makes all registries void.
    """
    version = _version()
    shown = {
        name: {key: value for key, value in registry.items() if key != _VERSION}
        for name, registry in _registries()
        if registry.get(_VERSION) == version
    }
    found = {name: entries for name, entries in shown.items() if entries}
    once = dict(_once())
    return {"shown": found, "once": once} if found or once else None


def write_shown(value: Mapping[str, Any]) -> None:
    """Puts what ``read_shown`` gave in force, in the modules that are imported."""
    version = _version()
    for name, entries in value["shown"].items():
        if name in sys.modules:
            vars(sys.modules[name])[_REGISTRY] = {_VERSION: version, **entries}
    _once().update(value["once"])


def _once() -> dict[Any, Any]:
    registry: dict[Any, Any] = vars(warnings)["onceregistry"]
    return registry


def _registries() -> Iterator[tuple[str, dict[Any, Any]]]:
    for name, module in sorted(sys.modules.items()):
        if isinstance(module, types.ModuleType) and name not in NOTEBOOK_MODULES:
            registry = vars(module).get(_REGISTRY)
            if isinstance(registry, dict):
                yield name, registry


def _version() -> Any:
    """The number of the filters in force, which the interpreter tells registries only."""
    registry: dict[Any, Any] = {}
    show = warnings._showwarnmsg  # type: ignore[attr-defined]
    warnings._showwarnmsg = lambda message: None  # type: ignore[attr-defined]
    try:
        warnings.warn_explicit("", _Probe, "", 0, registry=registry)
    except _Probe:
        pass
    finally:
        warnings._showwarnmsg = show  # type: ignore[attr-defined]
        _once().pop(("", _Probe), None)
    return registry.get(_VERSION)


class _Probe(Warning):
    """Asks for the number of the filters."""
