"""An error of a cell on the way, and what there is to mend it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CELL = re.compile(r"(?:Cell In\[\d+\], line|File <ipython-input-\S+>, line|---+>) *(\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What ended a cell.

    Attributes:
        cell_id: of the cell.
        kind: name of the exception.
        message: its text.
        traceback: without colours.
    """

    cell_id: str
    kind: str
    message: str
    traceback: str = ""

    @property
    def line(self) -> int | None:
        """1-based line of the cell that raised, if the traceback tells."""
        found = _CELL.search(self.traceback)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What rules may look at besides the draft.

    Attributes:
        folder: the notebook's folder in the copy that it runs in.
        root: the top of its repository there.
        versions: distribution → version of the environment.
    """

    folder: Path
    root: Path
    versions: Mapping[str, str] = field(default_factory=dict)


def failure_of(cell_id: str, error: Mapping[str, Any]) -> Failure:
    """The failure that an error output of nbformat tells of."""
    return Failure(
        cell_id=cell_id,
        kind=str(error.get("ename", "")),
        message=_COLOUR.sub("", str(error.get("evalue", ""))),
        traceback=_COLOUR.sub("", "\n".join(error.get("traceback", ()))),
    )
