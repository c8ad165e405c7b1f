"""The order of sets: which slot of its table each element of a set stands in.

A set that is built anew from its elements iterates in another order about every second time: its
table has another size, or collisions were settled otherwise. One kernel goes on with the old order,
so the slots travel with the set and are put back as they were. Python gives no way to do that, so
the table is written directly, on interpreters whose layout is known (``setobject.h``, unchanged
from Python 3.8 to 3.13) and was found to be as expected when this module was imported.
"""

from __future__ import annotations

import ctypes
import operator
import struct
import sys
import sysconfig
from array import array
from collections.abc import Iterable, Set
from types import FunctionType
from typing import Any

_SMALLEST = 8
_HEAD = object.__basicsize__
_FIELDS = struct.Struct("@nnnPnn")  # fill, used, mask, table, hash, finger
_ENTRY = struct.Struct("@Pn")  # element, hash
_SMALL_TABLE = _HEAD + _FIELDS.size
_DELETED_HASH = -1


class Layouts(tuple[Any, ...]):
    """A second pickle, behind that of the variables: the layouts of sets among them.

    A layout is a tuple: the set, its elements in order, their slots and hashes, the slots of
    elements that were deleted, the size of the table, and where the next ``pop`` begins to search.
    """

    __slots__ = ()


def find_layouts(objects: Iterable[Any]) -> Layouts:
    """The layouts of the sets that would be others if they were built anew."""
    if not _IS_KNOWN:
        return Layouts()
    objects = list(objects)
    sets = [obj for obj in objects if isinstance(obj, (set, frozenset))]
    functions = [obj for obj in objects if type(obj) is FunctionType] if sets else []
    notes = {id(_note_of_repr(function)) for function in functions}
    return Layouts(_read(o) for o in sets if id(o) not in notes and _differs_when_built_anew(o))


def _note_of_repr(function: FunctionType) -> set[Any] | None:
    """The set in which the ``__repr__`` of a dataclass notes what it is showing, if it is one.

    It is empty again afterwards, but holds the slot of what was shown, which is its address.
    """
    names = function.__code__.co_freevars
    home = function.__globals__.get("__name__")
    if "repr_running" not in names or home not in ("dataclasses", "reprlib"):
        return None
    place = names.index("repr_running")
    note = (function.__closure__ or ())[place].cell_contents
    return note if isinstance(note, set) else None


def put_back(layouts: Layouts) -> None:
    """Arranges sets that were built anew as they were.

    One whose elements have other hashes in this process has no order to keep, and is left alone.
    """
    if not _IS_KNOWN:
        return
    for hashed, elements, slots, hashes, deleted, size, finger in layouts:
        own = {element: element for element in hashed}
        if len(own) == len(elements) and [hash(e) for e in elements] == list(hashes):
            kept = [own[element] for element in elements]
            _write(hashed, kept, slots, hashes, deleted, size, finger)


def _differs_when_built_anew(hashed: Set[Any]) -> bool:
    anew: set[Any] = set()
    anew.update(iter(hashed))  # one by one, as a pickle is loaded; a set would be copied
    same_order = all(map(operator.is_, anew, hashed))
    return not same_order or _shape(anew) != _shape(hashed)


def _shape(hashed: Set[Any]) -> tuple[int, int, int]:
    """Slots that are or were taken, size of the table, where ``pop`` begins."""
    fill, _, mask, _, _, finger = _fields(hashed)
    return fill, mask + 1, finger


def _fields(hashed: Set[Any]) -> tuple[int, ...]:
    return _FIELDS.unpack(ctypes.string_at(id(hashed) + _HEAD, _FIELDS.size))


def _read(hashed: Set[Any]) -> tuple[Any, ...]:
    _, _, mask, table, _, finger = _fields(hashed)
    slots, hashes, deleted = array("q"), array("q"), array("q")
    entries = _ENTRY.iter_unpack(ctypes.string_at(table, (mask + 1) * _ENTRY.size))
    for slot, (element, number) in enumerate(entries):
        if element and number == _DELETED_HASH and element == _DUMMY:
            deleted.append(slot)
        elif element:
            slots.append(slot)
            hashes.append(number)
    return hashed, tuple(hashed), slots, hashes, deleted, mask + 1, finger


def _write(
    hashed: Set[Any],
    elements: list[Any],
    slots: array[int],
    hashes: array[int],
    deleted: array[int],
    size: int,
    finger: int,
) -> None:
    """Gives a set another table; ``elements`` are those that it holds, so that no count changes."""
    _, used, _, old, cached, _ = _fields(hashed)
    small = id(hashed) + _SMALL_TABLE
    content = bytearray(size * _ENTRY.size)
    for element, slot, number in zip(elements, slots, hashes, strict=True):
        _ENTRY.pack_into(content, slot * _ENTRY.size, id(element), number)
    for slot in deleted:
        _ENTRY.pack_into(content, slot * _ENTRY.size, _DUMMY, _DELETED_HASH)
    table = small if size == _SMALLEST else _allocate(len(content))
    ctypes.memmove(table, bytes(content), len(content))
    fields = _FIELDS.pack(used + len(deleted), used, size - 1, table, cached, finger)
    ctypes.memmove(id(hashed) + _HEAD, fields, _FIELDS.size)
    if old != small:
        _free(old)


def _allocate(size: int) -> int:
    allocate = ctypes.pythonapi.PyMem_Malloc
    allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    address: int | None = allocate(size)
    if address is None:
        raise MemoryError
    return address


def _free(address: int) -> None:
    free = ctypes.pythonapi.PyMem_Free
    free.restype, free.argtypes = None, [ctypes.c_void_p]
    free(address)


def _find_dummy() -> int:
    """Address of what stands in the slot of a deleted element; 0 if sets are not as expected."""
    if (
        sys.implementation.name != "cpython"
        or not (3, 11) <= sys.version_info < (3, 14)
        or sysconfig.get_config_var("Py_GIL_DISABLED")
        or set.__basicsize__ != _SMALL_TABLE + _SMALLEST * _ENTRY.size + struct.calcsize("P")
    ):
        return 0
    probe = {0, 1, 2}
    probe.discard(1)
    fill, used, mask, table, _, finger = _fields(probe)
    if (fill, used, mask, table, finger) != (3, 2, 7, id(probe) + _SMALL_TABLE, 0):
        return 0
    entries = list(_ENTRY.iter_unpack(ctypes.string_at(table, _SMALLEST * _ENTRY.size)))
    (zero, dummy, two), rest = entries[:3], entries[3:]
    expected = (id(0), 0), (id(2), 2), _DELETED_HASH, [(0, 0)] * 5
    return dummy[0] if (zero, two, dummy[1], rest) == expected else 0


_DUMMY = _find_dummy()
_IS_KNOWN = bool(_DUMMY)
