"""How notebook functions, their closures and their code become picklable."""

from __future__ import annotations

import functools
import hashlib
import linecache
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle

from jupyter_mlops.kernel_state import rebuild

_NO_SOURCE = "<notebook>"


def reduce_function(function: types.FunctionType, scope: str | dict[str, Any] | None) -> Any:
    """A function by value.

    Its globals are the loading kernel's own (never a copy), its closure cells are objects that
    other functions may hold too, and its code names a file that is the same in every process.

    Args:
        function: the function.
        scope: its globals, as ``rebuild.new_function`` takes them.
    """
    code, source = portable_code(function.__code__)
    slots = {
        "__name__": function.__name__,
        "__qualname__": function.__qualname__,
        "__module__": function.__module__,
        "__doc__": function.__doc__,
        "__defaults__": function.__defaults__,
        "__kwdefaults__": function.__kwdefaults__,
        "__annotations__": function.__annotations__ or {},
    }
    if type_parameters := getattr(function, "__type_params__", ()):
        slots["__type_params__"] = type_parameters
    return (
        rebuild.new_function,
        (code, scope, function.__closure__, source),
        (function.__dict__, slots),
        None,
        None,
        rebuild.set_function,
    )


def reduce_cell(cell: types.CellType) -> Any:
    """A closure cell as an object with contents, so that two functions go on sharing it."""
    try:
        contents = cell.cell_contents
    except ValueError:
        return rebuild.new_cell, ()
    return rebuild.new_cell, (), (contents,), None, None, rebuild.set_cell


def reduce_cached(wrapper: Any) -> Any:
    """An ``lru_cache`` function by value; its cache starts empty, as a cache may."""
    parameters = wrapper.cache_parameters()
    args = (wrapper.__wrapped__, parameters["maxsize"], parameters["typed"])
    return rebuild.cached, args, vars(wrapper)


def reduce_cached_property(prop: functools.cached_property[Any]) -> Any:
    """A ``cached_property`` by value, without the lock that Python 3.11 gives it."""
    state = {"__doc__": getattr(prop, "__doc__", None)}
    return rebuild.cached_property, (prop.func, prop.attrname), state


def portable_code(code: types.CodeType) -> tuple[types.CodeType, tuple[int, str] | None]:
    """Code under a file name that is the same in every process, with its first line and source.

    Kernels compile each cell under a name that holds their process id. The new name is made from
    the source, which travels with the code, so that tracebacks and ``inspect.getsource`` show it.
    Code from real files is left alone.
    """
    name = code.co_filename
    entry = linecache.cache.get(name)
    if entry is None or len(entry) != 4:
        is_cell = "ipykernel_" in name or name.startswith("<ipython-input")
        return (_renamed(code, _NO_SOURCE), None) if is_cell else (code, None)
    if Path(name).exists():
        return code, None
    first = code.co_firstlineno
    text = "".join(entry[2][first - 1 : _last_line(code)])
    digest = hashlib.sha256(f"{first}\n{text}".encode()).hexdigest()
    return _renamed(code, f"<notebook {digest[:16]}>"), (first, text)


def reduce_code(code: types.CodeType) -> Any:
    """Code with its file name, which cloudpickle leaves out from version 3.1.3 on."""
    reduce = cloudpickle.Pickler.dispatch_table[types.CodeType]
    return rebuild.named_code, (code.co_filename, *reduce(code))


def nested_codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code, and that of every function, class and comprehension within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested_codes(constant)


def _last_line(code: types.CodeType) -> int:
    ends = (end for each in nested_codes(code) for _, end, _, _ in each.co_positions())
    return max((end for end in ends if end is not None), default=code.co_firstlineno)


def _renamed(code: types.CodeType, name: str) -> types.CodeType:
    constants = tuple(
        _renamed(constant, name) if isinstance(constant, types.CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_filename=name, co_consts=constants)
