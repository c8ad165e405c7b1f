"""Which objects of data frame libraries are values without parts of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

_LIBRARIES = frozenset({"pandas", "polars", "pyarrow", "geopandas", "modin", "dask"})


def is_opaque(kind: type) -> bool:
    """True if arrays within an object of the type are nobody else's.

    With copy-on-write (always from pandas 3 on), two frames never share memory to any effect, and
    views kept as views would break it. Without, a frame and a column taken from it do share: then
    only an index, which cannot change, has no parts of its own.
    """
    if not any(_is_of_library(cls) for cls in kind.__mro__):
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
        references = getattr(block, "refs", None)
        if references is not None and not references.has_reference():
            yield getattr(block.values, "_ndarray", block.values)


def is_arrow_buffer(memory: Any) -> bool:
    """True for memory of Arrow, which is as content with any other of the same bytes."""
    kind = type(memory)
    return kind.__name__ == "Buffer" and str(kind.__module__).partition(".")[0] == "pyarrow"


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
