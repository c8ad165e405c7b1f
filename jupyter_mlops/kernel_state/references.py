"""What travels by import path: modules, importable functions and classes, library singletons."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

NOTEBOOK_MODULES = frozenset({"__main__", "__mp_main__"})

# Instances of these types are values: they are carried as such, wherever a module keeps one.
_VALUES: tuple[type, ...] = (
    bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, range,
    slice, type, type(None), type(Ellipsis), type(NotImplemented), types.ModuleType,
    types.FunctionType, types.CodeType, types.GenericAlias, types.UnionType,
)  # fmt: skip
_VALUE_MODULES = frozenset(
    {"typing", "typing_extensions", "re", "datetime", "decimal", "fractions", "pathlib", "numpy",
     "uuid", "zoneinfo", "weakref", "importlib"}
)  # fmt: skip
_SINGLETONS_IN_VALUES = frozenset({"ufunc", "RandomState", "_NoValueType"})
_REFERENCED_CONTAINERS = (("sys", "path"), ("sys", "modules"), ("sys", "argv"))


def import_path(obj: Any) -> tuple[str, str] | None:
    """Module and qualified name under which a function or class can be imported, or None."""
    module_name = getattr(obj, "__module__", None)
    name = getattr(obj, "__qualname__", None)
    if not isinstance(module_name, str) or not isinstance(name, str):
        return None
    if module_name in NOTEBOOK_MODULES or "<locals>" in name:
        return None
    found: Any = sys.modules.get(module_name)
    if found is None or not is_importable(found):
        return None
    for part in name.split("."):
        found = getattr(found, part, None)
    return (module_name, name) if found is obj else None


def is_importable(module: types.ModuleType) -> bool:
    """True if another process can import the module by its name."""
    name = module.__name__
    if name in NOTEBOOK_MODULES or sys.modules.get(name) is not module:
        return False
    if getattr(module, "__spec__", None) is not None or _is_standard(name):
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def module_of_globals(scope: dict[str, Any]) -> str | None:
    """The importable module whose globals the dictionary is, or None."""
    name = scope.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or vars(module) is not scope or not is_importable(module):
        return None
    return module.__name__


def find_singletons(local: Path) -> dict[int, tuple[Any, str, str]]:
    """The instances that imported library modules hold as attributes.

    ``random._inst``, ``os.environ``, ``matplotlib.rcParams``, ``numpy.add`` and the like have one
    identity in a process: by value, a second one would arise. Values, and what modules below the
    working folder hold, are left out.

    Args:
        local: the working folder.

    Returns:
        id → (object, module, attribute). An object that several modules hold is named by the module
        that its class comes from, else by the shortest public path.
    """
    found: dict[int, tuple[Any, str, str]] = {}
    ranks: dict[int, tuple[Any, ...]] = {}
    kinds: dict[type, bool] = {}
    for name, module in sorted(sys.modules.items()):
        if not isinstance(module, types.ModuleType) or not _is_library(name, module, local):
            continue
        for attribute, obj in list(vars(module).items()):
            kind = type(obj)
            if kind not in kinds:
                kinds[kind] = _has_singletons(kind)
            if not kinds[kind] or attribute.startswith(("__", "last_")) or _is_function(obj):
                continue
            rank = _rank(name, attribute, obj)
            if id(obj) not in ranks or rank < ranks[id(obj)]:
                ranks[id(obj)] = rank
                found[id(obj)] = (obj, name, attribute)
    return {**found, **_find_shell()}


def _find_shell() -> dict[int, tuple[Any, str, str]]:
    """IPython's shell, which ``get_ipython()`` gives."""
    home = sys.modules.get("IPython.core.interactiveshell")
    shell = None if home is None else home.InteractiveShell._instance
    where = ("IPython.core.interactiveshell", "InteractiveShell._instance")
    return {} if shell is None else {id(shell): (shell, *where)}


def find_containers() -> list[tuple[Any, str, str]]:
    """Lists and dictionaries of the interpreter that have one identity: (object, module, path)."""
    found = [(vars(sys.modules["builtins"]), "builtins", "__dict__")]
    for module, attribute in _REFERENCED_CONTAINERS:
        found.append((getattr(sys.modules[module], attribute), module, attribute))
    if "warnings" in sys.modules:
        found.append((sys.modules["warnings"].filters, "warnings", "filters"))
    return found


def _is_library(name: str, module: types.ModuleType, local: Path) -> bool:
    if name in NOTEBOOK_MODULES:
        return False
    if _is_standard(name):
        return True
    if getattr(module, "__spec__", None) is None:
        return False
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or "site-packages" in file:
        return True
    return not Path(file).is_relative_to(local)


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _has_singletons(kind: type) -> bool:
    """True if an instance of the type that a library module holds is not merely a value."""
    if issubclass(kind, _VALUES):
        return issubclass(kind, (list, dict, set)) and kind not in _VALUES
    home = str(kind.__module__)
    if home in NOTEBOOK_MODULES:
        return False
    return home.partition(".")[0] not in _VALUE_MODULES or kind.__name__ in _SINGLETONS_IN_VALUES


def _is_function(obj: Any) -> bool:
    """True for a built-in function or class method, which pickle names by itself."""
    if not isinstance(obj, (types.MethodType, types.BuiltinMethodType)):
        return False
    return isinstance(obj.__self__, (types.ModuleType, type, type(None)))


def _rank(module: str, attribute: str, obj: Any) -> tuple[Any, ...]:
    home = str(type(obj).__module__)  # C extensions put descriptors there
    return (
        module != home,
        module.partition(".")[0] != home.partition(".")[0],
        attribute.startswith("_"),
        module.startswith("_") or "._" in module,
        len(module),
        module,
        attribute,
    )
