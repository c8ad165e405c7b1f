"""An error of a cell on the way, and what there is to mend it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a cell.

    Attributes:
        cell_id: of the cell.
        line: 1-based.
    """

    cell_id: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What ended a cell.

    Attributes:
        cell_id: of the cell.
        kind: name of the exception.
        message: its text.
        traceback: without colours.
        offline: True if the network was kept from the kernel.
        places: the notebook's own lines on the way to the error, the innermost last.
        then: the next action, where what ended the cell knows it.
    """

    cell_id: str
    kind: str
    message: str
    traceback: str = ""
    offline: bool = False
    places: tuple[Place, ...] = ()
    then: str = ""

    @property
    def place(self) -> Place | None:
        """The line of the notebook that called what raised, if the traceback tells."""
        return self.places[-1] if self.places else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What rules may look at besides the draft.

    Attributes:
        folder: the notebook's folder in the copy that it runs in.
        root: the top of its repository there.
        python: interpreter of the environment.
        versions: distribution → version of the environment.
    """

    folder: Path
    root: Path
    python: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


def failure_of(cell_id: str, error: Mapping[str, Any], cells: Mapping[int, str]) -> Failure:
    """The failure that an error output of nbformat tells of.

    Args:
        cell_id: of the cell that was run.
        error: the output.
        cells: execution count → id of each cell that was run in the kernel.
    """
    traceback = _COLOUR.sub("", "\n".join(error.get("traceback", ())))
    return Failure(
        cell_id=cell_id,
        kind=str(error.get("ename", "")),
        message=_COLOUR.sub("", str(error.get("evalue", ""))),
        traceback=traceback,
        places=tuple(
            Place(cell_id=cells[int(count)], line=int(line))
            for count, line in _FRAME.findall(traceback)
            if int(count) in cells
        ),
    )
