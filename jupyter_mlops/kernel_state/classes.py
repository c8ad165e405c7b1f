"""How notebook classes become picklable."""

from __future__ import annotations

import abc
import copyreg
import enum
import types
from typing import Any

from jupyter_mlops.kernel_state import rebuild
from jupyter_mlops.kernel_state.references import import_path
from jupyter_mlops.kernel_state.refusals import reason_for

# ``types`` names classes whose own module does not hold them, such as ``function``.
_NAMED_IN_TYPES = {
    id(value): name for name, value in sorted(vars(types).items()) if isinstance(value, type)
}
_MADE_BY_PYTHON = 1 << 9  # the flag of types that are not static in C
_SLOT_DESCRIPTORS = (types.MemberDescriptorType, types.GetSetDescriptorType)
_MADE_WITH_THE_CLASS = {
    "__weakref__", "__dict__", "__slots__", "__slotnames__", "_abc_impl", "__annotate_func__",
}  # fmt: skip
_MADE_BY_ENUM = {
    "_member_names_", "_member_map_", "_value2member_map_", "_member_type_",
    "_unhashable_values_", "_unhashable_values_map_", "_hashable_values_",
}  # fmt: skip


def reduce_by_reference(cls: type) -> Any:
    """How an importable class is named (NotImplemented: by its path), or None if it is not one."""
    if import_path(cls) is not None:
        return NotImplemented
    name = _NAMED_IN_TYPES.get(id(cls))
    if name is not None:
        return rebuild.attribute, ("types", name)
    return None if cls.__flags__ & _MADE_BY_PYTHON else NotImplemented


def reduce_class(cls: Any) -> Any:
    """A class by value: made empty, then filled, so that it may refer to itself."""
    if issubclass(cls, enum.Enum):
        return _reduce_enum(cls)
    attributes = _attributes(cls)
    body = {"__module__": attributes.pop("__module__", "__main__")}
    if "__slots__" in cls.__dict__:
        body["__slots__"] = cls.__dict__["__slots__"]
    if "__orig_bases__" in attributes:
        body["__orig_bases__"] = attributes["__orig_bases__"]
    return (
        rebuild.new_class,
        (type(cls), _maker(type(cls)), cls.__name__, cls.__bases__, body),
        (attributes, _registered(cls)),
        None,
        None,
        rebuild.set_class,
    )


def hides_state(kind: type) -> bool:
    """True if a notebook class's own ``__getstate__`` says what is pickled of plain instances."""
    own = [cls for cls in kind.__mro__ if cls is not object]
    if any(import_path(cls) is not None for cls in own):
        return False
    hooks = {"__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__", "__new__"}
    names = {name for cls in own for name in vars(cls)}
    return "__getstate__" in names and not names & hooks


def reduce_instance(obj: Any) -> Any:
    """All state of an instance, as one kernel goes on with it; None if it cannot be carried.

    Then what ``__getstate__`` gives is carried: a class that leaves out a lock makes a new one.
    """
    attributes = dict(getattr(obj, "__dict__", {}))
    slots = {
        name: getattr(obj, name)
        for cls in type(obj).__mro__
        for name, member in vars(cls).items()
        if isinstance(member, types.MemberDescriptorType) and hasattr(obj, name)
    }
    if any(reason_for(value) for value in (*attributes.values(), *slots.values())):
        return None
    return rebuild.new_instance, (type(obj),), (attributes, slots), None, None, rebuild.set_instance


def _reduce_enum(cls: Any) -> Any:
    names = dict(cls.__members__)
    attributes = {
        name: value
        for name, value in _attributes(cls).items()
        if name not in names and name not in _MADE_BY_ENUM
    }
    values = {name: member._value_ for name, member in names.items()}
    members = {name: _member_attributes(member) for name, member in names.items()}
    return (
        rebuild.new_enum,
        (type(cls), cls.__name__, cls.__bases__, values, _arguments(cls)),
        (attributes, (), members),
        None,
        None,
        rebuild.set_enum,
    )


def _arguments(cls: Any) -> dict[str, tuple[Any, ...]] | None:
    """What the type of an enumeration's members makes each from; None if that is not known.

    It need not be their value: the notebook's own ``__new__`` decides.
    """
    found = {}
    for name, member in cls.__members__.items():
        reduced = object.__reduce_ex__(member, 5)
        if not isinstance(reduced, tuple):
            return None
        make, arguments, *_ = reduced
        if make is not cls:
            if make is not copyreg.__newobj__:  # type: ignore[attr-defined]
                return None
            arguments = arguments[1:]
        found[name] = arguments
    return found


def _member_attributes(member: Any) -> dict[str, Any]:
    made = {"_value_", "_name_", "__objclass__", "_sort_order_"}
    return {name: value for name, value in vars(member).items() if name not in made}


def _attributes(cls: type) -> dict[str, Any]:
    """What the class itself holds, in its order, without what arises with every class."""
    attributes = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in _MADE_WITH_THE_CLASS
        and not (isinstance(value, _SLOT_DESCRIPTORS) and value.__objclass__ is cls)
    }
    attributes["__qualname__"] = cls.__qualname__
    return attributes


def _maker(metaclass: type) -> type | None:
    """The metaclass whose ``__new__`` must make the class; None to call ``metaclass`` itself."""
    importable = next(meta for meta in metaclass.__mro__ if import_path(meta) is not None)
    if importable is metaclass and metaclass.__module__ not in {"typing", "typing_extensions"}:
        return None
    if importable.__module__ in {"typing", "typing_extensions"}:
        return abc.ABCMeta if issubclass(importable, abc.ABCMeta) else type
    return importable


def _registered(cls: type) -> tuple[type, ...]:
    """The classes that were registered with an abstract class."""
    if not isinstance(cls, abc.ABCMeta):
        return ()
    references = abc._get_dump(cls)[0]  # type: ignore[attr-defined]
    alive = (reference() for reference in references)
    return tuple(sorted((c for c in alive if c is not None), key=lambda c: c.__qualname__))
