"""How long a conversion may take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jupyter_mlops.legacy.failure import Failure

_MORE = 4
"""How many times as long is proposed where the time was too short."""


@dataclass(slots=True, kw_only=True)
class Limits:
    """How long mending may take, from now on.

    Attributes:
        cell: seconds a cell.
        total: seconds for all cells in all environments; those in which packages are installed
            don't count.
    """

    cell: float
    total: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.total

    @property
    def left(self) -> float:
        """Seconds of the total that are left; not above 0 if it is over."""
        return self._end - time.monotonic()

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the block runs, the total grows with the time that it takes."""
        start = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - start

    def exceeded(self, cell_id: str, *, whole: bool) -> Failure:
        """What is told of a cell that was ended.

        Args:
            cell_id: of the cell.
            whole: True if the time of all was over.
        """
        if whole:
            message = f"the {self.total:.0f} s of --timeout were over"
            then = f"convert again with --timeout {self.total * _MORE:.0f}"
        else:
            cell = self.cell * _MORE
            message = f"it took longer than the {self.cell:.0f} s of --cell-timeout"
            then = f"convert again with --cell-timeout {cell:.0f}"
            if self.total < cell * 2:
                then += f" --timeout {cell * 2:.0f}"
        return Failure(cell_id=cell_id, kind="Timeout", message=message, then=then)
