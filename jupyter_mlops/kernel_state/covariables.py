"""Which variables share mutable objects, and so must be stored as one object."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from operator import itemgetter
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)

# Objects of these types are the same as any equal one: sharing them says nothing.
_ATOMIC_TYPES: frozenset[type] = frozenset({
    str, bytes, int, float, complex, bool, tuple, frozenset, range, slice, property, staticmethod,
    classmethod, type(None), types.CodeType, types.ModuleType, types.BuiltinFunctionType,
    types.MethodType, types.MappingProxyType, types.GetSetDescriptorType, types.GenericAlias,
    types.MemberDescriptorType, types.MethodDescriptorType, types.WrapperDescriptorType,
    types.ClassMethodDescriptorType, types.MethodWrapperType, types.UnionType,
})  # fmt: skip
_ATOMIC_MODULES = frozenset(
    {"datetime", "decimal", "fractions", "uuid", "pathlib", "re", "zoneinfo", "typing", "ipaddress"}
)
_TYPE_PARAMETERS = frozenset({typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple})
_ATOMIC_IN_LIBRARIES = frozenset({"numpy", "pandas", "torch"})
_TORCH_VALUES = frozenset({"Size", "device", "dtype", "layout", "memory_format"})


def mutable_objects(
    memo: dict[int, tuple[int, Any]], *, skip: Set[int], by_value: Set[int]
) -> list[Any]:
    """The objects of a pickler's memo that a change could reach from two variables.

    Temporary objects that reducers made are left out: nothing but the memo holds them. The memo is
    emptied on the way.

    Args:
        memo: a copy of the pickler's memo, once the pickler itself is gone.
        skip: ids of objects that do not count.
        by_value: ids of the functions and classes that were not pickled as an import path.
    """
    kinds: dict[type, bool] = {}
    entries = []
    for key, entry in memo.items():
        kind = type(entry[1])
        if kind not in kinds:
            kinds[kind] = _counts(kind)
        if kinds[kind] and key not in skip and _is_carried(entry[1], by_value):
            entries.append(entry)
    memo.clear()
    entries.sort(key=itemgetter(0))
    objects = [obj for _, obj in entries]
    entries.clear()
    for position in range(len(objects)):
        obj = objects[position]
        if sys.getrefcount(obj) <= _UNSHARED:
            objects[position] = None
    return [obj for obj in objects if obj is not None]


def connected(members: Mapping[Key, Iterable[int]]) -> list[tuple[Key, ...]]:
    """The keys in classes: two that hold a common id, directly or over others, are in one."""
    leader: dict[Key, Key] = {key: key for key in members}

    def find(key: Key) -> Key:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    holder: dict[int, Key] = {}
    for key, ids in members.items():
        for number in ids:
            leader[find(key)] = find(holder.setdefault(number, key))
    classes: dict[Key, list[Key]] = {}
    for key in members:
        classes.setdefault(find(key), []).append(key)
    return [tuple(keys) for keys in classes.values()]


def _is_carried(obj: Any, by_value: Set[int]) -> bool:
    return not isinstance(obj, (type, types.FunctionType)) or id(obj) in by_value


def _counts(kind: type) -> bool:
    if kind in _ATOMIC_TYPES:
        return False
    root = str(kind.__module__).partition(".")[0]
    if root in _ATOMIC_MODULES:
        return kind in _TYPE_PARAMETERS
    if root in _ATOMIC_IN_LIBRARIES:
        return not _is_library_value(kind, root)
    return True


def _is_library_value(kind: type, root: str) -> bool:
    """NumPy scalars and data types; pandas' scalars and everything below a frame or a series."""
    if root == "torch":
        return kind.__name__ in _TORCH_VALUES
    if root == "numpy":
        numpy = sys.modules["numpy"]
        return issubclass(kind, (numpy.generic, numpy.dtype, numpy.ufunc))
    pandas = sys.modules.get("pandas")
    frames = (pandas.DataFrame, pandas.Series) if pandas and hasattr(pandas, "Series") else ()
    return not issubclass(kind, frames)


def _unshared() -> int:
    objects: Sequence[Any] = [object()]
    for position in range(len(objects)):
        obj = objects[position]
        return sys.getrefcount(obj)
    raise AssertionError("unreachable")


_UNSHARED = _unshared()
