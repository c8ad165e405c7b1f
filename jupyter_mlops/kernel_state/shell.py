"""The state of IPython: options, extensions, imports of the future, and what is registered."""

from __future__ import annotations
import __future__

import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mlops.kernel_state.ambient import Facet

Values = Mapping[tuple[str, ...], Any]
_PLAIN = (bool, int, float, str, type(None))
_FUTURE = ("future",)
_FUTURE_FLAGS = sum(
    {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
)


def observe_shell() -> Values:
    """Options, extensions, compiler flags and registered objects; empty without IPython."""
    shell = _shell()
    if shell is None:
        return {}
    found: dict[tuple[str, ...], Any] = {_FUTURE: shell.compile.flags & _FUTURE_FLAGS}
    for thing in _configurables(shell):
        for name in thing.trait_names(config=True):
            value = getattr(thing, name)
            if _is_plain(value):
                found["option", type(thing).__name__, name] = value
    for extension in sorted(shell.extension_manager.loaded):
        found["extension", extension] = True
    for name, command in shell.alias_manager.aliases:
        found["alias", name] = command
    for path, home in _registries(shell):
        for key, value in home.items():
            found["registered", *path, key] = value
    for path, items in _lists(shell):
        found["list", *path] = list(items)
    return found


def shell_facet(start: Values, namespace: dict[str, Any]) -> Facet:
    """The facet of IPython, put in force after the variables.

    Args:
        start: as ``observe_shell`` gave it to the kernel's first cell.
        namespace: the user namespace; of what is registered, only its functions and instances of
            its classes are carried: the rest comes with extensions and libraries.
    """
    return Facet(name="@ipython", read=lambda: _read(start, namespace), write=_write)


def _read(start: Values, namespace: dict[str, Any]) -> Any:
    changed = {}
    for key, value in observe_shell().items():
        if key[0] == "list":
            before = start.get(key, ())
            value = [v for v in value if v not in before and _is_own(v, namespace)]
            if value:
                changed[key] = value
        elif key[0] == "registered":
            if value is not start.get(key) and _is_own(value, namespace):
                changed[key] = value
        elif value != (start[key] if key in start else _default(key)):
            changed[key] = value
    return changed or None


def _write(value: Values) -> None:
    shell = _shell()
    if shell is None:
        return
    for key, item in value.items():
        match key:
            case "extension", name:
                shell.extension_manager.load_extension(name)
            case "option", owner, name:
                shell.config[owner][name] = item  # for one that is made later
                for thing in _configurables(shell):
                    if type(thing).__name__ == owner:
                        setattr(thing, name, item)
            case "alias", name:
                shell.alias_manager.define_alias(name, item)
            case ("future",):
                shell.compile.flags |= item
            case "registered", *path, name:
                next(home for p, home in _registries(shell) if list(p) == path)[name] = item
            case "list", *path:
                home = next(home for p, home in _lists(shell) if list(p) == path)
                home.extend(each for each in item if each not in home)


def _shell() -> Any:
    interactive = sys.modules.get("IPython")
    return None if interactive is None else interactive.get_ipython()


def _configurables(shell: Any) -> list[Any]:
    return [shell, *shell.configurables, *shell.display_formatter.formatters.values()]


def _registries(shell: Any) -> Iterator[tuple[tuple[str, ...], dict[Any, Any]]]:
    for kind, magics in shell.magics_manager.magics.items():
        yield ("magic", kind), magics
    for mime, formatter in shell.display_formatter.formatters.items():
        yield ("formatter", mime), formatter.type_printers


def _lists(shell: Any) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    yield ("cleanup",), shell.input_transformers_cleanup
    yield ("post",), shell.input_transformers_post
    yield ("syntax",), shell.ast_transformers
    for event, callbacks in shell.events.callbacks.items():
        yield ("event", event), callbacks


def _default(key: tuple[str, ...]) -> Any:
    """What an option has, and an extension is, if it came into being since."""
    if key[0] != "option":
        return None
    _, owner, name = key
    thing = next(each for each in _configurables(_shell()) if type(each).__name__ == owner)
    return thing.trait_defaults(name)


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _is_own(value: Any, namespace: dict[str, Any]) -> bool:
    if isinstance(value, types.FunctionType):
        return value.__globals__ is namespace
    return type(value).__module__ == "__main__"
