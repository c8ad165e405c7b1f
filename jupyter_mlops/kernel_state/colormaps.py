"""Matplotlib's colormaps that libraries and the notebook registered."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any


def read_colormaps() -> Any:
    """What a later step needs to have them: name → the colormap, or the module that registers it.

    A module registers its own when it is imported, and may refuse to do so twice; it is named only
    if the colormap is that of ``rcParams``, as seaborn's themes make it.
    """
    registry = getattr(sys.modules.get("matplotlib"), "colormaps", None)
    if registry is None:
        return None
    default = dict.get(sys.modules["matplotlib"].rcParams, "image.cmap")
    found: dict[str, Any] = {}
    for name in sorted(set(registry) - set(registry._builtin_cmaps)):
        module = _registrar(name)
        if module is None:
            found[name] = registry[name]
        elif name == default:
            found[name] = module
    return found or None


def write_colormaps(value: Mapping[str, Any]) -> None:
    """Has them registered; the modules are imported."""
    registry = importlib.import_module("matplotlib").colormaps
    for name, source in value.items():
        if isinstance(source, str):
            importlib.import_module(source)
        elif name not in registry:
            registry.register(source, name=name)


def _registrar(name: str) -> str | None:
    """The imported module with a colormap of that name."""
    kind = sys.modules["matplotlib.colors"].Colormap
    for module in sorted(sys.modules):
        if module != "__main__" and isinstance(_global(module, name), kind):
            return module
    return None


def _global(module: str, name: str) -> Any:
    return getattr(sys.modules[module], "__dict__", {}).get(name)
