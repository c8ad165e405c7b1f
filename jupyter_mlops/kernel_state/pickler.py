"""The namespace-aware pickler."""

from __future__ import annotations

import functools
import gc
import sys
import types
import typing
import weakref
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

import cloudpickle

from jupyter_mlops.kernel_state import (
    arrays,
    classes,
    frames,
    functions,
    rebuild,
    references,
    tensors,
)
from jupyter_mlops.kernel_state.buffers import Outlet
from jupyter_mlops.kernel_state.objects import Sink
from jupyter_mlops.kernel_state.refusals import Uncarriable, reason_for

_LRU_WRAPPER = type(functools.lru_cache(lambda: None))


Container = tuple[Any, Callable[..., Any], tuple[Any, ...]]
"""A dictionary or list to refer to: itself, what gives it when called, the arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What objects may refer to instead of being carried.

    Attributes:
        namespace: the user namespace.
        shared: the objects that shared cells bind anew in each step, by name.
        submodules: the dotted names that the notebook imported.
        singletons: see ``references.find_singletons``.
    """

    namespace: dict[str, Any]
    shared: Mapping[str, Any]
    submodules: Set[str]
    singletons: Mapping[int, tuple[Any, str, str]]

    def sharing(self, shared: Mapping[str, Any]) -> Scope:
        """The same with other shared objects."""
        return replace(self, shared=shared)

    def containers(self) -> list[Container]:
        """Plain dictionaries and lists to refer to; the pickler asks nobody how to reduce them."""
        found: list[Container] = [(self.namespace, rebuild.namespace, ())]
        for name, value in self.shared.items():
            found.append((value, rebuild.shared, (name,)))
        for value, module, path in references.find_containers():
            found.append((value, rebuild.attribute, (module, path)))
        return [item for item in found if type(item[0]) in {dict, list, set, bytearray}]


class StatePickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles notebook objects so that they mean the same in another kernel.

    Args:
        sink: gets the pickle and, unread, the large buffers that it refers to.
        scope: what objects may refer to.
        owners: ids of the arrays whose views are to be pickled as views.

    Attributes:
        codes: code of the notebook functions met.
        by_value: ids of the functions and classes carried by value.
        hidden: ids of what is no variable's own: arrays within data frames, attributes of
            importable classes.
        memory: id of each array met → id of the array that owns its memory.
        framed: the same for the arrays that data frames change in place.
        storages: id of each torch tensor met → a number that only its storage has.
        shared_names: names of the shared objects referred to.
    """

    def __init__(self, sink: Sink, scope: Scope, owners: Set[int] = frozenset()) -> None:
        # A plain dictionary: cloudpickle's chain of maps is slow to look in.
        self.dispatch_table: Any = dict(cloudpickle.Pickler.dispatch_table)
        outlet = Outlet(sink)
        super().__init__(sink, protocol=5, buffer_callback=outlet)
        self.memo: Any
        self.codes: list[types.CodeType] = []
        self.by_value: set[int] = set()
        self.hidden: set[int] = set()
        self.memory: dict[int, int] = {}
        self.framed: dict[int, int] = {}
        self.storages: dict[int, int] = {}
        self.shared_names: set[str] = set()
        self._scope = scope
        self._owners = owners
        self._buffer = outlet.wrap
        self._shared = {id(value): name for name, value in scope.shared.items()}
        self._depth = 0
        self._in_place: set[int] = set()
        self._plain: set[type] = set()
        self._seen: set[type] = set()

    def dump_references(self, containers: list[Container]) -> None:
        """Writes a first pickle, so that the next one refers to these containers.

        The memo of the pickler is carried over from one pickle to the next, and so is the
        unpickler's: putting the containers where their stand-ins were makes them references.

        Args:
            containers: what to refer to.
        """
        stand_ins = [_StandIn(make, args) for _, make, args in containers]
        self.dump(rebuild.References(stand_ins))
        memo: dict[int, Any] = self.memo.copy()
        for stand_in, (container, make, args) in zip(stand_ins, containers, strict=True):
            index, _ = memo.pop(id(stand_in))
            memo[id(container)] = (index, container)
            if make is rebuild.shared:
                self.shared_names.add(args[0])
        self.memo = memo

    def reducer_override(self, obj: Any) -> Any:
        """How the object is pickled; called for all but the plain built-in types."""
        if (singleton := self._scope.singletons.get(id(obj))) is not None:
            return rebuild.attribute, singleton[1:]
        if (name := self._shared.get(id(obj))) is not None:
            self.shared_names.add(name)
            return rebuild.shared, (name,)
        kind = type(obj)
        if kind in self._plain:
            return NotImplemented
        if (reason := reason_for(obj)) is not None:
            raise Uncarriable(reason.text)
        if issubclass(kind, type):
            return self._reduce_class(obj)
        if kind is _Mark:
            self._depth += obj.step
            return rebuild.nothing, ()
        if (reducer := _REDUCERS.get(kind)) is not None:
            return reducer(self, obj)
        if arrays.is_plain_array(kind):
            return self._reduce_array(obj)
        if tensors.is_tensor(kind):
            self.storages[id(obj)] = tensors.memory_of(obj) or id(obj)
            return tensors.reduce_tensor(obj)
        if tensors.is_storage(kind):
            return tensors.reduce_storage(obj, self._buffer)
        if arrays.is_array(kind):
            return arrays.reduce_read_only(obj)
        if arrays.is_generator(kind):
            return kind, (obj.bit_generator,)
        self._hide_class_attributes(kind)
        if frames.is_opaque(kind):
            return frames.reduce_parted(obj) if self._depth else self._reduce_opaque(obj)
        if classes.hides_state(kind) and (reduced := classes.reduce_instance(obj)) is not None:
            return reduced
        self._plain.add(kind)
        return NotImplemented

    def _hide_class_attributes(self, kind: type) -> None:
        """What an importable class holds is shared by all its instances in any process."""
        if kind in self._seen:
            return
        self._seen.add(kind)
        for cls in kind.__mro__:
            if references.import_path(cls) is not None:
                self.hidden.update(map(id, vars(cls).values()))

    def _reduce_class(self, cls: type) -> Any:
        reference = classes.reduce_by_reference(cls)
        if reference is not None:
            return reference
        self.by_value.add(id(cls))
        return classes.reduce_class(cls)

    def _reduce_function(self, function: types.FunctionType) -> Any:
        if references.import_path(function) is not None:
            return NotImplemented
        self.by_value.add(id(function))
        scope = function.__globals__
        is_notebook = scope is self._scope.namespace or (
            scope.get("__name__") in references.NOTEBOOK_MODULES
        )
        if is_notebook:
            self.codes.append(function.__code__)
            return functions.reduce_function(function, None)
        module = references.module_of_globals(scope)
        return functions.reduce_function(function, scope if module is None else module)

    def _reduce_cached(self, wrapper: Any) -> Any:
        if references.import_path(wrapper) is not None:
            return NotImplemented
        self.by_value.add(id(wrapper))
        return functions.reduce_cached(wrapper)

    def _reduce_method(self, method: types.MethodType) -> Any:
        owner = method.__self__
        kind = owner if isinstance(owner, type) else type(owner)
        name = method.__func__.__name__
        if references.import_path(kind) is not None:
            found = getattr(owner, name, None)
            if isinstance(found, types.MethodType) and found == method:
                return getattr, (owner, name)
        return types.MethodType, (method.__func__, owner)

    def _reduce_module(self, module: types.ModuleType) -> Any:
        if not references.is_importable(module):
            return NotImplemented
        prefix = f"{module.__name__}."
        submodules = sorted(s for s in self._scope.submodules if s.startswith(prefix))
        return rebuild.module, (module.__name__, tuple(submodules))

    def _reduce_array(self, array: Any) -> Any:
        if self._depth:
            self.hidden.add(id(array))
        if not self._depth or id(array) in self._in_place:
            owner = arrays.owner_of(array)
            (self.framed if self._depth else self.memory)[id(array)] = id(owner)
            if id(owner) in self._owners and owner is not array:
                return arrays.reduce_view(array, owner)
        reduced = arrays.reduce_array(array, self._buffer)
        return arrays.reduce_read_only(array) if reduced is NotImplemented else reduced

    def _reduce_opaque(self, obj: Any) -> Any:
        """A data frame: arrays within it are values of its own, not views of each other.

        Arrays outside may be views of them.
        """
        self._in_place.update(map(id, frames.own_arrays(obj)))
        reduced = obj.__reduce_ex__(5)
        if not isinstance(reduced, tuple):
            return NotImplemented
        make, args, state, items, pairs, setter = (*reduced, *(None,) * 4)[:6]
        if items is not None or pairs is not None:
            return NotImplemented
        begin, end = _Mark(1), _Mark(-1)
        return (
            rebuild.opaque,
            (begin, make, args),
            (state, setter, end),
            None,
            None,
            rebuild.set_opaque,
        )


class _Mark:
    """A place in the stream where a data frame begins (1) or ends (-1)."""

    __slots__ = ("step",)

    def __init__(self, step: int) -> None:
        self.step = step


class _StandIn:
    """Stands for a container in the first pickle."""

    __slots__ = ("_args", "_make")

    def __init__(self, make: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self._make, self._args = make, args

    def __reduce__(self) -> tuple[Any, ...]:
        return self._make, self._args


def _dictionary_view(kind: str) -> Callable[[StatePickler, Any], Any]:
    def reduce(_: StatePickler, view: Any) -> Any:
        (dictionary,) = gc.get_referents(view if kind == "proxy" else view.mapping)
        return rebuild.dictionary_view, (kind, dictionary)

    return reduce


def _reduce_type_parameter(_: StatePickler, parameter: Any) -> Any:
    home = sys.modules.get(parameter.__module__)
    is_held = home is not None and getattr(home, parameter.__name__, None) is parameter
    if home is not None and is_held and references.is_importable(home):
        return rebuild.attribute, (parameter.__module__, parameter.__name__)
    kind = type(parameter)
    options = {
        "bound": getattr(parameter, "__bound__", None),
        "covariant": getattr(parameter, "__covariant__", False),
        "contravariant": getattr(parameter, "__contravariant__", False),
        "infer_variance": getattr(parameter, "__infer_variance__", False),
    }
    constraints = getattr(parameter, "__constraints__", ())
    args = (kind, parameter.__name__, constraints, {k: v for k, v in options.items() if v})
    return rebuild.type_parameter, args


def _reduce_weak_dictionary(_: StatePickler, weak: Any) -> Any:
    return type(weak), (), None, None, iter(list(weak.items()))


_REDUCERS: dict[type, Callable[[Any, Any], Any]] = {
    types.FunctionType: StatePickler._reduce_function,
    types.MethodType: StatePickler._reduce_method,
    types.ModuleType: StatePickler._reduce_module,
    types.CellType: lambda _, cell: functions.reduce_cell(cell),
    types.CodeType: lambda _, code: functions.reduce_code(code),
    types.MappingProxyType: _dictionary_view("proxy"),
    type({}.keys()): _dictionary_view("keys"),
    type({}.values()): _dictionary_view("values"),
    type({}.items()): _dictionary_view("items"),
    _LRU_WRAPPER: StatePickler._reduce_cached,
    functools.cached_property: lambda _, prop: functions.reduce_cached_property(prop),
    typing.TypeVar: _reduce_type_parameter,
    typing.ParamSpec: _reduce_type_parameter,
    typing.TypeVarTuple: _reduce_type_parameter,
    weakref.WeakKeyDictionary: _reduce_weak_dictionary,
    weakref.WeakValueDictionary: _reduce_weak_dictionary,
    weakref.WeakSet: lambda _, weak: (rebuild.weak_set, (list(weak),)),
}
