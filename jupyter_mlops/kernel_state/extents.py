"""Where the buffers of an object lie in its file, behind the pickle that refers to them.

A file of format 2 is the pickle, the buffers, each at a multiple of 64 bytes, an index in JSON, the
index's length (8 bytes, little-endian) and a mark. A file without buffers is the pickle alone, as
in format 1; as a pickle ends with ``.``, it never ends with the mark.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BufferedReader
from math import prod
from typing import Any, Literal

_MARK = b"buffers\x02"
_ALIGNMENT = 64
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The array whose memory a buffer is.

    Attributes:
        dtype: data type, as ``numpy.dtype.str`` names it.
        shape: lengths of the axes.
        order: ``"C"``, or ``"F"`` if the first axis is contiguous.
    """

    dtype: str
    shape: tuple[int, ...]
    order: Literal["C", "F"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A buffer in a file.

    Attributes:
        offset: bytes before it.
        size: bytes of it.
        layout: what to read it into, or None for mere bytes.
    """

    offset: int
    size: int
    layout: Layout | None = None

    def allocate(self) -> tuple[Any, memoryview]:
        """Memory that nobody else has, and its bytes in the order of the file.

        The memory is a NumPy array that owns it where the layout says so, so that what is loaded
        can be resized where the original could.
        """
        if self.layout is None:
            return self._allocate_bytes()
        import numpy

        try:
            array = numpy.empty(self.layout.shape, self.layout.dtype, order=self.layout.order)
            data: Any = array.ravel(order="K").view(numpy.uint8).data
        except (TypeError, ValueError, MemoryError):
            return self._allocate_bytes()
        return (array, data) if data.nbytes == self.size else self._allocate_bytes()

    def _allocate_bytes(self) -> tuple[Any, memoryview]:
        numpy = sys.modules.get("numpy")
        if numpy is None:
            memory: Any = bytearray(self.size)
        else:
            memory = numpy.empty(self.size + _ALIGNMENT, numpy.uint8)
            start = -memory.__array_interface__["data"][0] % _ALIGNMENT
            memory = memory[start : start + self.size]
        return memory, memoryview(memory)

    def holds(self, file: BufferedReader, buffer: memoryview) -> bool:
        """True if the buffer has the bytes that the file has here."""
        if buffer.nbytes != self.size:
            return False
        file.seek(self.offset)
        scratch = bytearray(_CHUNK)
        for start in range(0, self.size, _CHUNK):
            part = buffer[start : start + _CHUNK]
            del scratch[part.nbytes :]
            if file.readinto(scratch) != part.nbytes or scratch != part:
                return False
        return True


def padding(position: int) -> bytes:
    """What to write before a buffer that would begin at the position."""
    return bytes(-position % _ALIGNMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What a file consists of.

    Attributes:
        stream: bytes of the pickle, which comes first.
        extents: of the buffers, in the order in which the pickle refers to them.
        data: the end of the file, from which this was read; empty if there are no buffers.
    """

    stream: int
    extents: tuple[Extent, ...] = ()
    data: bytes = b""


def write_index(stream: int, extents: Sequence[Extent]) -> bytes:
    """The end of a file whose pickle has so many bytes, and whose buffers lie there."""
    index = {"stream": stream, "buffers": [asdict(extent) for extent in extents]}
    data = json.dumps(index, separators=(",", ":"), sort_keys=True).encode()
    return data + len(data).to_bytes(8, "little") + _MARK


def read_index(file: BufferedReader) -> Index:
    """What the file consists of.

    Raises:
        ValueError: if it does not consist of what its index says.
    """
    size = os.fstat(file.fileno()).st_size
    tail = len(_MARK) + 8
    file.seek(max(0, size - tail))
    end = file.read(tail)
    if end[8:] != _MARK:
        return Index(stream=size)
    start = size - tail - int.from_bytes(end[:8], "little")
    if start < 0:
        raise ValueError("the index is longer than the file")
    file.seek(start)
    data = file.read(size - tail - start)
    try:
        index = json.loads(data)
        extents = tuple(_extent(item) for item in index["buffers"])
        position = stream = int(index["stream"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"there is no index: {error}") from error
    for extent in extents:
        if extent.offset != position + len(padding(position)) or extent.size <= 0:
            raise ValueError("the buffers do not follow one another")
        position = extent.offset + extent.size
    if stream < 0 or position != start:
        raise ValueError("the buffers do not fill the file")
    return Index(stream=stream, extents=extents, data=data + end)


def _extent(item: dict[str, Any]) -> Extent:
    layout = item["layout"]
    if layout is not None:
        shape = tuple(int(length) for length in layout["shape"])
        order: Literal["C", "F"] = "F" if layout["order"] == "F" else "C"
        layout = Layout(dtype=str(layout["dtype"]), shape=shape, order=order)
        if prod(shape) > item["size"]:
            raise ValueError("an array is larger than its buffer")
    return Extent(offset=int(item["offset"]), size=int(item["size"]), layout=layout)
