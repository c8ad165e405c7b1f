"""The recorded events of one step, read as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlops.model.run import StepReport
    from jupyter_mlops.store import Store


class StepLog:
    """The events of a step of a run, and how far they have been read.

    They come from the folder of its attempts while that exists, else from the recorded object.
    """

    def __init__(self, store: Store, run: str, step: str) -> None:
        self.step = step
        self._objects = store.objects
        self._steps = store.run_folder(run) / "steps"
        self._attempt = 0
        self._offset = 0

    def news(self, report: StepReport) -> Iterator[dict[str, Any]]:
        """The events since the last call, of every attempt in turn.

        Raises:
            StoreError: if the recorded events are missing or damaged.
        """
        attempts = self._attempts()
        for number in sorted(n for n in attempts if n >= self._attempt):
            try:
                data = (attempts[number] / "events.jsonl").read_bytes()
            except FileNotFoundError:
                continue
            yield from self._unread(number, data)
        if not attempts and report.log is not None:
            yield from self._unread(report.attempts, self._objects.read_bytes(report.log))

    def _attempts(self) -> dict[int, Path]:
        """The folders of the attempts, by number."""
        try:
            folders = [f for f in self._steps.iterdir() if f.name.partition("-")[2] == self.step]
            attempts = [a for f in folders for a in (f / "attempts").iterdir()]
        except FileNotFoundError:
            return {}
        return {int(a.name): a for a in attempts if a.name.isdecimal()}

    def _unread(self, attempt: int, data: bytes) -> Iterator[dict[str, Any]]:
        """The whole lines of ``data`` behind what has been read of the same attempt."""
        if attempt != self._attempt:
            self._attempt, self._offset = attempt, 0
        end = data.rfind(b"\n") + 1
        fresh, self._offset = data[self._offset : end], max(end, self._offset)
        for line in fresh.splitlines():
            yield json.loads(line)
