"""Which objects of data frame libraries are values without parts of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

_LIBRARIES = frozenset({"pandas", "polars", "pyarrow", "geopandas", "modin", "dask"})
_MANAGERS = frozenset({"BlockManager", "SingleBlockManager"})


def is_opaque(kind: type) -> bool:
    """True if arrays within an object of the type are nobody else's.

    With copy-on-write (always from pandas 3 on), two frames never share memory to any effect, and
    views kept as views would break it. Without, a frame and a column taken from it do share: then
    only an index, which cannot change, has no parts of its own. The array of a column
    (``s.array``) is no frame: if it wraps some of NumPy, it is as good as these.
    """
    if _wraps_arrays(kind) or not any(_is_of_library(cls) for cls in kind.__mro__):
        return False
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "Index") or _copies_on_write():
        return True
    return issubclass(kind, pandas.Index)


def own_arrays(obj: Any) -> Iterator[Any]:
    """The arrays of a frame or series that it changes in place.

    An array taken from it (``df.to_numpy()``) sees these changes. What other frames hold as well is
    copied before a change, and left out.
    """
    for block in getattr(getattr(obj, "_mgr", None), "blocks", ()):
        if getattr(block, "refs", None) is not None and not _is_shared(block):
            values = block.values
            if not _wraps_arrays(type(values)):
                yield values
            elif hasattr(values, "_ndarray"):
                yield values._ndarray
            else:
                yield from (values._data, values._mask)


def reduce_parted(obj: Any) -> Any:
    """The blocks of a frame or series, those that other frames hold as well as copies of them.

    Copy-on-write parts them at the first change; that they are to be parted does not travel, and a
    change of what is loaded would be seen in all. Arrays of NumPy are values of each frame anyway.
    NotImplemented for anything else, and where nothing is to be parted.
    """
    if type(obj).__name__ not in _MANAGERS:
        return NotImplemented
    numpy = sys.modules["numpy"]
    blocks = tuple(
        block.copy(deep=True)
        if not isinstance(block.values, numpy.ndarray) and _is_shared(block)
        else block
        for block in obj.blocks
    )
    if blocks == obj.blocks:
        return NotImplemented
    return type(obj).from_blocks(blocks, list(obj.axes)).__reduce_ex__(5)


def is_arrow_buffer(memory: Any) -> bool:
    """True for memory of Arrow, which is as content with any other of the same bytes."""
    kind = type(memory)
    return kind.__name__ == "Buffer" and str(kind.__module__).partition(".")[0] == "pyarrow"


def _is_shared(block: Any) -> bool:
    """True if other frames or indexes hold the block's array, too."""
    references = getattr(block, "refs", None)
    return references is not None and bool(references.has_reference())


def _wraps_arrays(kind: type) -> bool:
    """True for pandas' arrays that wrap one of NumPy, or two: values and which are missing."""
    return hasattr(kind, "_ndarray") or any(c.__name__ == "BaseMaskedArray" for c in kind.__mro__)


def _is_of_library(cls: type) -> bool:
    root, _, rest = str(cls.__module__).partition(".")
    return root in _LIBRARIES and not rest.startswith("_libs")


def _copies_on_write() -> bool:
    pandas = sys.modules["pandas"]
    if int(pandas.__version__.partition(".")[0]) >= 3:
        return True
    try:
        return pandas.get_option("mode.copy_on_write") is True
    except KeyError:
        return False
