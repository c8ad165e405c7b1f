"""What the notebook changed in modules: globals of helper modules, patches of libraries."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

from jupyter_mlops.kernel_state.ambient import Facet
from jupyter_mlops.kernel_state.culprits import Culprit
from jupyter_mlops.kernel_state.references import NOTEBOOK_MODULES, import_path
from jupyter_mlops.kernel_state.standin import refusal_behind, stand_in
from jupyter_mlops.kernel_state.table import Refusal, refuse

NAME = "@modules"
"""Of the facet."""

_IN_PLACE = (dict, list, set)
_CONTAINERS = frozenset({*_IN_PLACE, bytearray, deque, defaultdict, OrderedDict})
_OWN_FACET = frozenset({"builtins", "__main__", "__mp_main__"})
_NEVER_CODE = (str, int, float, tuple, list, dict, set, type(None), ModuleType)
Changes = Mapping[str, dict[str, Any]]
"""By module: dotted attribute → value."""


@dataclass(frozen=True, slots=True)
class Left:
    """Stands in a pickle for a value that cannot be carried."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Gone:
    """Stands for the value of a global that the notebook deleted."""


@dataclass(slots=True, kw_only=True)
class Modules:
    """The modules of a step's kernel.

    Attributes:
        work: modules with a file below it are helpers; installed libraries are not.
        namespace: the user namespace.
        imported: globals of each helper module as its import left them, with a digest of the
            containers among them.
        patched: libraries' modules and classes that were changed for this step.
        pending: what earlier steps changed in modules that this step has not imported yet.
    """

    work: Path
    namespace: dict[str, Any]
    imported: dict[str, dict[str, tuple[Any, str | None]]] = field(default_factory=dict)
    patched: list[Any] = field(default_factory=list)
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)

    def changes(self) -> Changes:
        """What differs from the modules as their files make them."""
        found = {name: dict(values) for name, values in self.pending.items()}
        for name, before in self.imported.items():
            if (module := sys.modules.get(name)) is not None:
                found.setdefault(name, {}).update(self._changed_globals(module, before))
        for name, path, value in self._patches():
            found.setdefault(name, {})[path] = value
        return {name: found[name] for name in sorted(found) if found[name]}

    def put(self, changes: Changes) -> None:
        """Makes the changes, in modules that are imported later as soon as they are."""
        self.pending = {name: dict(values) for name, values in changes.items()}
        for name in changes:
            if name in sys.modules:
                self._put_one(name)

    def heard(self, module: ModuleType) -> None:
        """To be called when the code of a module's file has run."""
        if _is_below(module, self.work):
            self.imported[module.__name__] = {
                name: (value, _digest(value)) for name, value in vars(module).items()
            }
        self._put_one(module.__name__)

    def _put_one(self, name: str) -> None:
        mine = set(map(id, self.namespace.values()))
        for path, value in self.pending.pop(name, {}).items():
            *parents, attribute = path.split(".")
            home: Any = sys.modules[name]
            for parent in parents:
                home = getattr(home, parent)
            if name not in self.imported:
                self.patched.append(home)
            if isinstance(value, Left):
                value = stand_in(path, value.refusal)
            old = vars(home).get(attribute)
            if type(value) is Gone:
                vars(home).pop(attribute, None)
            elif type(old) in _IN_PLACE and type(old) is type(value) and id(value) not in mine:
                old.clear()
                (old.extend if isinstance(old, list) else old.update)(value)
            else:
                setattr(home, attribute, value)

    def _changed_globals(
        self, module: ModuleType, before: Mapping[str, tuple[Any, str | None]]
    ) -> dict[str, Any]:
        mine = set(map(id, self.namespace.values()))
        changed: dict[str, Any] = {name: Gone() for name in before.keys() - vars(module).keys()}
        for name, value in sorted(vars(module).items()):
            if name.startswith("__") or issubclass(type(value), ModuleType):
                continue
            old, digest = before.get(name, (before, None))
            is_variable = type(value) in _CONTAINERS and id(value) in mine
            if value is not old or digest != _digest(value) or is_variable:
                changed[name] = value
        return dict(sorted(changed.items()))

    def _patches(self) -> Iterator[tuple[str, str, Any]]:
        """Module, path and value of each attribute of a library that is the notebook's own code.

        Looked at are the modules and classes that variables name, and the classes in these modules.
        """
        seen: set[int] = set()
        # Not isinstance, which asks a stand-in for its class, and so is refused.
        named = [v for v in self.namespace.values() if issubclass(type(v), (ModuleType, type))]
        for home in (*named, *self.patched):
            inner = vars(home).values() if isinstance(home, ModuleType) else ()
            for thing in (home, *(each for each in list(inner) if issubclass(type(each), type))):
                if id(thing) in seen or (where := self._library_path(thing)) is None:
                    continue
                seen.add(id(thing))
                module, prefix = where
                for name, value in list(vars(thing).items()):
                    if self._is_own_code(value):
                        yield module, prefix + name, value

    def _library_path(self, thing: Any) -> tuple[str, str] | None:
        """Module and prefix of the attributes of a library's module or class."""
        if isinstance(thing, ModuleType):
            name = thing.__name__
            known = (
                name in self.imported or name in _OWN_FACET or sys.modules.get(name) is not thing
            )
            return None if known else (name, "")
        path = import_path(thing)
        return None if path is None or path[0] in _OWN_FACET else (path[0], f"{path[1]}.")

    def _is_own_code(self, value: Any) -> bool:
        if issubclass(type(value), _NEVER_CODE):
            return False
        if refusal_behind(value) is not None:
            return True
        if isinstance(value, FunctionType):
            return value.__globals__ is self.namespace
        if isinstance(value, type):
            return value.__module__ in NOTEBOOK_MODULES
        if isinstance(value, (staticmethod, classmethod, MethodType)):
            return self._is_own_code(value.__func__)
        if isinstance(value, property):
            return self._is_own_code(value.fget)
        inner = getattr(value, "__dict__", None) if hasattr(type(value), "__get__") else None
        return isinstance(inner, dict) and any(
            isinstance(each, (FunctionType, type)) and self._is_own_code(each)
            for each in list(inner.values())
        )


def modules_facet(
    modules: Modules, culprits: Callable[[Mapping[str, Any]], Mapping[str, Culprit]]
) -> Facet:
    """The facet of changed modules, put in force after the variables.

    Args:
        modules: of this step.
        culprits: says of values, by name, which cannot be carried, and why.
    """

    def read() -> Changes | None:
        changes = modules.changes()
        for module, values in changes.items():
            for path, value in values.items():
                if (behind := refusal_behind(value)) is not None:
                    values[path] = Left(behind)
            alive = {path: v for path, v in values.items() if not isinstance(v, Left)}
            for path, culprit in culprits(alive).items():
                values[path] = Left(refuse(f"{module}.{path}", culprit, culprit.reason.code, ""))
        return changes or None

    return Facet(name=NAME, read=read, write=modules.put)


_listener: list[Modules] = []


def listen(modules: Modules) -> None:
    """Has these modules, and no others, hear of each Python file that is imported from now on."""
    if not _listener:
        run = SourceFileLoader.exec_module

        def exec_module(self: SourceFileLoader, module: ModuleType) -> None:
            run(self, module)
            _listener[-1].heard(module)

        SourceFileLoader.exec_module = exec_module  # type: ignore[assignment,method-assign]
    _listener[:] = [modules]


def _is_below(module: ModuleType, work: Path) -> bool:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or "site-packages" in file:
        return False
    return Path(file).absolute().is_relative_to(work)


def _digest(value: Any) -> str | None:
    """Of what a container holds, for as long as it is in this process; None for anything else."""
    if type(value) not in _CONTAINERS:
        return None
    try:
        return hashlib.sha256(pickle.dumps(value, 5)).hexdigest()
    except Exception:
        return None
