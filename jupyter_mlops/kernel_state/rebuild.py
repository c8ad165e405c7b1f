"""What the pickles of a state folder call when they are loaded; the names belong to the format."""

from __future__ import annotations

import functools
import importlib
import linecache
import sys
import types
import typing
import weakref
from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where loaded objects live.

    Attributes:
        namespace: the user namespace: the globals of every notebook function.
        shared: gives what a shared cell bound to X for ``@shared:X``, else the variable.
        submodules: receives the dotted names that loaded modules imported.
    """

    namespace: dict[str, Any]
    shared: Callable[[str], Any]
    submodules: set[str]


class References(tuple[Any, ...]):
    """The first pickle of an object whose second one refers to containers that live elsewhere."""

    __slots__ = ()


_contexts: list[Context] = []


@contextmanager
def loading(context: Context) -> Iterator[None]:
    """Objects that are loaded within belong to the context."""
    _contexts.append(context)
    try:
        yield
    finally:
        _contexts.pop()


def namespace() -> dict[str, Any]:
    """The live user namespace."""
    return _contexts[-1].namespace


def shared(name: str) -> Any:
    """What a shared cell bound to X, if ``name`` is ``@shared:X``; else the variable ``name``."""
    return _contexts[-1].shared(name)


def module(name: str, submodules: tuple[str, ...] = ()) -> types.ModuleType:
    """The module of that name, and its submodules imported."""
    found = importlib.import_module(name)
    for submodule in submodules:
        importlib.import_module(submodule)
        if _contexts:
            _contexts[-1].submodules.add(submodule)
    return found


def module_dict(name: str) -> dict[str, Any]:
    """The live globals of the module of that name."""
    return vars(importlib.import_module(name))


def attribute(module_name: str, path: str) -> Any:
    """What an importable module holds at a dotted path."""
    return functools.reduce(getattr, path.split("."), importlib.import_module(module_name))


def named_code(
    filename: str, make: Callable[..., types.CodeType], args: tuple[Any, ...]
) -> types.CodeType:
    """The code that ``make`` makes, under its own file name."""
    return make(*args).replace(co_filename=filename)


def new_function(
    code: types.CodeType,
    scope: str | dict[str, Any] | None,
    closure: tuple[types.CellType, ...] | None,
    source: tuple[int, str] | None,
) -> types.FunctionType:
    """A function without defaults and attributes yet.

    Args:
        code: its code.
        scope: its globals: None for the user namespace, a module name, or a dictionary.
        closure: the cells of its free variables, which it may share with other functions.
        source: first line and text, for tracebacks and ``inspect.getsource``.
    """
    if source is not None:
        first, text = source
        lines = ["\n"] * (first - 1) + text.splitlines(keepends=True)
        linecache.cache[code.co_filename] = (len(text), None, lines, code.co_filename)
    if scope is None:
        scope = namespace()
    elif isinstance(scope, str):
        scope = module_dict(scope)
    return types.FunctionType(code, scope, code.co_name, None, closure)


def set_function(
    function: types.FunctionType, state: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """Fills a function: its own attributes, then name, defaults, annotations …"""
    attributes, slots = state
    function.__dict__.update(attributes)
    for name, value in slots.items():
        setattr(function, name, value)


def new_cell() -> types.CellType:
    """An empty closure cell."""
    return types.CellType()


def set_cell(cell: types.CellType, state: tuple[Any]) -> None:
    """Fills a closure cell."""
    (cell.cell_contents,) = state


def cached(function: Callable[..., Any], maxsize: int | None, typed: bool) -> Any:
    """The function behind an empty ``functools.lru_cache``."""
    return functools.lru_cache(maxsize=maxsize, typed=typed)(function)


def cached_property(function: Callable[[Any], Any], name: str | None) -> Any:
    """A ``functools.cached_property`` of that attribute name."""
    made = functools.cached_property(function)
    made.attrname = name
    return made


def new_class(
    metaclass: type, maker: type | None, name: str, bases: tuple[type, ...], body: dict[str, Any]
) -> type:
    """A class without methods and attributes yet.

    Hooks that notebook classes define (``__init_subclass__``, a metaclass's ``__new__``) ran when
    the class statement ran; they do not run again.

    Args:
        metaclass: its type.
        maker: the importable metaclass whose ``__new__`` makes it, or None to call ``metaclass``.
        name: its name.
        bases: its bases.
        body: what must be known when it is made: ``__slots__`` and the like.
    """
    with _without_hooks(bases):
        if maker is None:
            return typing.cast(type, metaclass(name, bases, body))
        return typing.cast(type, maker.__new__(metaclass, name, bases, body))


@contextmanager
def _without_hooks(bases: tuple[type, ...]) -> Iterator[None]:
    owners = {
        owner: owner.__dict__["__init_subclass__"]
        for base in bases
        for owner in base.__mro__
        if owner.__module__ == "__main__" and "__init_subclass__" in owner.__dict__
    }
    for owner in owners:
        type.__delattr__(owner, "__init_subclass__")
    try:
        yield
    finally:
        for owner, hook in owners.items():
            type.__setattr__(owner, "__init_subclass__", hook)


def set_class(cls: type, state: tuple[dict[str, Any], tuple[type, ...]]) -> None:
    """Fills a class: its attributes, and for an abstract one the classes registered with it."""
    attributes, registered = state
    for name, value in attributes.items():
        type.__setattr__(cls, name, value)
    if "__firstlineno__" in attributes:  # Python 3.13 drops it when another attribute is set
        type.__setattr__(cls, "__firstlineno__", attributes["__firstlineno__"])
    for subclass in registered:
        typing.cast(ABCMeta, cls).register(subclass)


def new_instance(cls: type) -> Any:
    """An instance without state yet."""
    return object.__new__(cls)


def set_instance(target: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Fills an instance, past its ``__setstate__`` and ``__setattr__``."""
    attributes, slots = state
    if attributes:
        target.__dict__.update(attributes)
    for name, value in slots.items():
        object.__setattr__(target, name, value)


def new_enum(
    metaclass: Any,
    name: str,
    bases: tuple[type, ...],
    members: Mapping[str, Any],
    arguments: Mapping[str, tuple[Any, ...]] | None = None,
) -> type:
    """An enumeration with its members, but without methods yet.

    Args:
        metaclass: its type.
        name: its name.
        bases: its bases.
        members: their values, by name.
        arguments: what the type that its members are made of, such as ``bytes``, makes each of
            them from; None to leave making them from their values to the bases.
    """
    body = metaclass.__prepare__(name, bases)
    if arguments is None:
        for member, value in members.items():
            body[member] = value
        return typing.cast(type, metaclass(name, bases, body))

    def new(cls: Any, *given: Any) -> Any:
        member: str = given[0][0] if cls._member_type_ is tuple else given[0]
        made = cls._member_type_.__new__(cls, *arguments[member])
        made._value_ = members[member]
        return made

    body["__new__"], body["__init__"] = new, lambda *_: None
    for member in members:
        body[member] = member
    made: Any = metaclass(name, bases, body)
    for hook in ("__new_member__", "__init__"):
        type.__delattr__(made, hook)
    return typing.cast(type, made)


def set_enum(
    cls: Any, state: tuple[dict[str, Any], tuple[type, ...], Mapping[str, dict[str, Any]]]
) -> None:
    """Fills an enumeration: its methods, and the attributes of its members."""
    attributes, registered, members = state
    set_class(cls, (attributes, registered))
    for name, values in members.items():
        cls.__members__[name].__dict__.update(values)


def type_parameter(
    kind: type, name: str, constraints: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """A type variable, parameter specification or tuple of type variables."""
    return kind(name, *constraints, **options)


def opaque(begin: None, make: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """An object of a data frame library, made as its own reducer says."""
    return make(*args)


def set_opaque(target: Any, state: tuple[Any, Any, None]) -> None:
    """Fills an object of a data frame library, as its own reducer says."""
    value, setter, _ = state
    if value is None:
        return
    if setter is not None:
        setter(target, value)
        return
    if hasattr(target, "__setstate__"):
        target.__setstate__(value)
        return
    attributes, slots = value if isinstance(value, tuple) else (value, None)
    target.__dict__.update(attributes or {})
    for name, item in (slots or {}).items():
        setattr(target, name, item)


def array(buffer: Any, dtype: Any, shape: tuple[int, ...], order: Any, owns: bool) -> Any:
    """A NumPy array of its own memory.

    Args:
        buffer: its bytes: an array that is taken as it is if it has the layout, a read-only view
            of one if the array may not be written, or anything to copy from.
        dtype: of the array.
        shape: of the array.
        order: of its bytes.
        owns: whether it owns the memory, as far as a program can see.
    """
    numpy = sys.modules["numpy"]
    is_readonly = isinstance(buffer, (bytes, memoryview))
    made: Any = buffer.obj if isinstance(buffer, memoryview) else buffer
    is_array = type(made) is numpy.ndarray
    if not is_array or made.dtype != dtype or made.shape != shape:
        made = numpy.ndarray(shape, dtype, made, order=order)
        if not is_array:
            made = made.copy(order)
    if not owns:
        made = made.view()
    if is_readonly:
        made.flags.writeable = False
    return made


def array_view(
    owner: Any, dtype: Any, offset: int, shape: Any, strides: Any, writeable: bool
) -> Any:
    """A NumPy array on the memory of another.

    Args:
        owner: the array that holds the memory.
        dtype: of the view.
        offset: bytes from the start of the owner's memory to the view's first element.
        shape: of the view.
        strides: of the view, bytes.
        writeable: whether the view may be written through.
    """
    numpy = sys.modules["numpy"]
    flat = owner.ravel(order="K")
    if owner.dtype.hasobject:
        start = flat[offset // owner.dtype.itemsize :]
        view = numpy.lib.stride_tricks.as_strided(start, shape=shape, strides=strides)
    else:
        view = numpy.ndarray(shape, dtype, flat.view(numpy.uint8), offset, strides)
    if not writeable:
        view.flags.writeable = False
    return view


def set_read_only(array: Any, state: Any) -> None:
    """Fills a NumPy array that may not be written."""
    array.__setstate__(state)
    array.flags.writeable = False


def storage(data: Any) -> Any:
    """A torch storage with these bytes; torch may resize it, as it may any that it made."""
    torch = importlib.import_module("torch")
    made = torch.UntypedStorage(len(data))
    if len(data):
        flat = torch.empty(0, dtype=torch.uint8).set_(made)
        flat.copy_(torch.frombuffer(data, dtype=torch.uint8))
    return made


def typed_storage(untyped: Any, dtype: Any) -> Any:
    """A torch storage, seen as numbers of a type."""
    torch = importlib.import_module("torch")
    return torch.storage.TypedStorage(wrap_storage=untyped, dtype=dtype, _internal=True)


def set_gradient(tensor: Any, gradient: Any) -> None:
    """Gives a tensor its gradient."""
    tensor.grad = gradient


def dictionary_view(kind: str, dictionary: Mapping[Any, Any]) -> Any:
    """A live ``keys``, ``values``, ``items`` or read-only view of a dictionary."""
    if kind == "proxy":
        return types.MappingProxyType(dictionary)
    return getattr(dictionary, kind)()


def weak_set(items: list[Any]) -> weakref.WeakSet[Any]:
    """A weak set of the items."""
    return weakref.WeakSet(items)


def nothing() -> None:
    """None, as a mark in the stream."""
