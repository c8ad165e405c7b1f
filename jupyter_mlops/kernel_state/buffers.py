"""Which buffers leave a pickle."""

from __future__ import annotations

import pickle
from typing import Any

from jupyter_mlops.kernel_state.extents import Layout
from jupyter_mlops.kernel_state.frames import is_arrow_buffer
from jupyter_mlops.kernel_state.objects import Sink

LARGE = 1 << 16
"""Bytes from which on a buffer is stored beside the pickle, not in it."""


class Outlet:
    """Gives the large buffers that a pickler meets to its sink.

    It is no method of the pickler: the two would keep each other, and with them the buffers, alive.

    Args:
        sink: takes the buffers.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._layouts: dict[int, Layout | None] = {}

    def wrap(self, memory: Any, layout: Layout | None) -> pickle.PickleBuffer:
        """A buffer for the pickler, of memory that a reducer of ours restores from any other."""
        buffer = pickle.PickleBuffer(memory)
        self._layouts[id(buffer)] = layout
        return buffer

    def __call__(self, buffer: pickle.PickleBuffer) -> bool:
        """True if the buffer stays in the pickle, as it does if its reducer is unknown."""
        with memoryview(buffer) as view:
            is_known = id(buffer) in self._layouts or is_arrow_buffer(view.obj)
            if not is_known or view.nbytes < LARGE or not view.contiguous:
                return True
        self._sink.take(buffer, self._layouts.get(id(buffer)))
        return False
