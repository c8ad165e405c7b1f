"""The live log of an attempt: one JSON object a line, flushed line by line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.run import CellError

Stream = Literal["stdout", "stderr", "display"]

TEXT_LIMIT = 64 * 1024
"""Characters of output that one event carries; what is longer is cut and says so."""


class EventLog:
    """Writes the events of the cells that stand in the source notebook, and of no others.

    Args:
        file: open for writing text.
        cells: source cell id → (position in the notebook, role).
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        file: TextIO,
        cells: Mapping[str, tuple[int, str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = file
        self._cells = cells
        self._clock = clock
        self._begun = 0.0

    def cell_started(self, cell_id: str) -> None:
        """Record that the cell was handed to the kernel."""
        self._begun = self._clock()
        if cell_id in self._cells:
            self._write("cell-started", cell_id, role=self._cells[cell_id][1])

    def output(self, cell_id: str, stream: Stream, text: str) -> None:
        """Record text that the cell gave out, cut at ``TEXT_LIMIT`` characters."""
        if len(text) > TEXT_LIMIT:
            text = f"{text[:TEXT_LIMIT]}\n… {len(text) - TEXT_LIMIT} more characters\n"
        self._write("output", cell_id, stream=stream, text=text)

    def cell_finished(self, cell_id: str) -> None:
        """Record that the cell ended without an error, or with one that its tag allows."""
        self._write("cell-finished", cell_id, seconds=round(self._clock() - self._begun, 3))

    def cell_failed(self, cell_id: str, error: CellError) -> None:
        """Record the error that ended the step."""
        self._write("cell-failed", cell_id, error=to_json(error))

    def _write(self, event: str, cell_id: str, **content: Any) -> None:
        if cell_id not in self._cells:
            return
        line = {
            "event": event,
            "time": self._clock(),
            "id": cell_id,
            "cell": self._cells[cell_id][0],
            **content,
        }
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()


def open_event_log(path: Path) -> TextIO:
    """A file for an ``EventLog``; text that UTF-8 cannot hold is escaped."""
    return path.open("w", encoding="utf-8", errors="backslashreplace")
