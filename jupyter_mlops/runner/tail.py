"""The events of an attempt, read while they are being written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class EventTail:
    """Gives each whole line of an ``events.jsonl`` once, and remembers which cell is running.

    Attributes:
        running: the ``cell-started`` event of the cell that has not ended yet, or None.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self.running: dict[str, Any] | None = None

    def read(self) -> Iterator[dict[str, Any]]:
        """The events that were added since the last call; none if there is no file yet."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                self._follow(event)
                yield event

    def _follow(self, event: dict[str, Any]) -> None:
        if event.get("event") == "cell-started":
            self.running = event
        elif event.get("event") in ("cell-finished", "cell-failed"):
            self.running = None
