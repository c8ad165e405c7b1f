"""Which NumPy arrays share memory, and how a view is pickled as a view."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Literal

from jupyter_mlops.kernel_state import rebuild
from jupyter_mlops.kernel_state.extents import Layout


def is_plain_array(kind: type) -> bool:
    """True for ``numpy.ndarray`` itself; its subclasses have reducers of their own."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and kind is numpy.ndarray


def is_array(kind: type) -> bool:
    """True for ``numpy.ndarray`` and its subclasses."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, numpy.ndarray)


def is_generator(kind: type) -> bool:
    """True for ``numpy.random.Generator``, whose reducer in NumPy 1 copies the bit generator."""
    random = sys.modules.get("numpy.random")
    return random is not None and kind is getattr(random, "Generator", None)


def owner_of(array: Any) -> Any:
    """The array that holds the memory of ``array``, which may be itself."""
    numpy = sys.modules["numpy"]
    while type(array.base) is numpy.ndarray:
        array = array.base
    return array


def reduce_array(array: Any, buffer: Callable[[Any, Layout | None], Any]) -> Any:
    """An array by value, or NotImplemented if it holds objects or nothing.

    Args:
        array: a plain one.
        buffer: wraps memory, and the array that can be made of it as it is, for the pickler.
    """
    numpy = sys.modules["numpy"]
    dtype = array.dtype
    if dtype.hasobject or array.nbytes == 0:
        return NotImplemented
    whole = array
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        whole = array.copy(order="K")
    order: Literal["C", "F"] = "C" if whole.flags.c_contiguous else "F"
    if order == "F" and not whole.flags.f_contiguous:
        return NotImplemented
    memory = whole.ravel(order="K").view(numpy.uint8)
    if not array.flags.writeable:
        memory.flags.writeable = False
    layout = None
    is_plain = numpy.dtype(dtype.str) == dtype and dtype.fields is None and dtype.metadata is None
    # A read-only memory view, in which the unpickler wraps the array, knows no dates.
    if is_plain and (array.flags.writeable or dtype.kind not in "mM"):
        layout = Layout(dtype=dtype.str, shape=array.shape, order=order)
    return rebuild.array, (
        buffer(memory, layout),
        dtype,
        array.shape,
        order,
        bool(array.flags.owndata),
    )


def reduce_read_only(array: Any) -> Any:
    """An array as its own reducer says, and read-only; NotImplemented if it can be written to."""
    if array.flags.writeable:
        return NotImplemented
    reduced = array.__reduce__()
    if not isinstance(reduced, tuple) or len(reduced) != 3:
        return NotImplemented
    return *reduced, None, None, rebuild.set_read_only


def reduce_view(array: Any, owner: Any) -> Any:
    """A view as its owner and where it lies in it, or NotImplemented if that cannot be said."""
    if array.size == 0 or not (owner.flags.c_contiguous or owner.flags.f_contiguous):
        return NotImplemented
    offset = _address(array) - _address(owner)
    if owner.dtype.hasobject and (array.dtype != owner.dtype or offset % owner.dtype.itemsize):
        return NotImplemented
    if not 0 <= offset < owner.nbytes:
        return NotImplemented
    writeable = bool(array.flags.writeable)
    return rebuild.array_view, (
        owner,
        array.dtype,
        offset,
        array.shape,
        array.strides,
        writeable,
    )


def _address(array: Any) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
