"""The events of a run, from its beginning to its end, whoever drives it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.runner.journal import JOURNAL
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.runner.steplog import StepLog
from jupyter_mlops.runner.tail import EventTail
from jupyter_mlops.store import lifeline

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run
    from jupyter_mlops.store import Store

Event = dict[str, Any]


class RunEvents:
    """The events of a run that is on record, and how far they have been read.

    They come from the run's journal. What a run left out of it because its driver died, or because
    it ran before there were journals, is told as the record has it.

    Args:
        store: holds the run.
        run: its full name.

    Attributes:
        ended: True once the last event, ``end``, was given.
    """

    def __init__(self, store: Store, run: str) -> None:
        self.ended = False
        self._store, self._run = store, run
        self._folder = store.run_folder(run)
        self._tail = EventTail(self._folder / JOURNAL)
        self._states: dict[str, str] = {}
        self._time = 0.0

    def news(self) -> list[Event]:
        """The events since the last call; none after ``end``.

        Raises:
            UnknownRun: the run is not on record.
            StoreError: the store cannot be read.
        """
        if self.ended:
            return []
        is_driven = lifeline.is_alive(self._folder)  # before reading: its last word comes before
        events = list(map(self._noted, self._tail.read()))
        if not is_driven and not self.ended:
            run = find_run(self._store, self._run)
            if run.state != "running":
                events += map(self._noted, self._recorded(run))
        if self.ended:
            events.append({**events[-1], "event": "end"})
        return events

    def _noted(self, event: Event) -> Event:
        self._time = event["time"]
        if event["event"] == "step":
            self._states[event["step"]] = event["state"]
        elif event["event"] == "run":
            self.ended = event["state"] != "running"
        return event

    def _recorded(self, run: Run) -> Iterator[Event]:
        """What the record has beyond what was read."""
        told = bool(self._states)
        for report in run.steps:
            if not told:
                for event in StepLog(self._store, run.run, report.step).news(report):
                    yield {**event, "run": run.run, "step": report.step}
            if self._states.get(report.step) != report.state:
                yield {
                    "event": "step",
                    "run": run.run,
                    "time": self._moment(report.ended),
                    "step": report.step,
                    "state": report.state,
                    "why": report.why,
                }
        yield {
            "event": "run",
            "run": run.run,
            "time": self._moment(run.ended),
            "state": run.state,
            "notice": run.notice,
        }

    def _moment(self, time: str | None) -> float:
        """Seconds since the epoch; never before what was told already."""
        return max(self._time, datetime.fromisoformat(time).timestamp() if time else 0.0)
