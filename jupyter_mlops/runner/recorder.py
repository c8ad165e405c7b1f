"""The run as it stands: every change is in the catalog before anybody hears of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.run import FileChange, Run, RunState, StepReport
from jupyter_mlops.runner.naming import iso, now
from jupyter_mlops.store import Catalog

UNFINISHED = ("pending", "running")
"""States of a step that something still has to become of."""


class Recorder:
    """Keeps, saves and announces one run.

    Args:
        run: the run as it begins.
        catalog: where it is saved.
        on_event: hears each event, with the run's name in it.
    """

    def __init__(
        self, run: Run, catalog: Catalog, on_event: Callable[[Mapping[str, Any]], None]
    ) -> None:
        self.run = run
        self._catalog = catalog
        self._on_event = on_event

    def begin(self) -> None:
        """Save the run and announce that it is running, and its steps."""
        self._catalog.save_run(self.run)
        self._announce_run()
        for report in self.run.steps:
            self._announce_step(report)

    def changed(self, files: tuple[FileChange, ...]) -> None:
        """Save and announce files that changed since the notebook's last run, if there are any."""
        if files:
            self.run = replace(self.run, changed=files)
            self._catalog.save_run(self.run)
        for file in files:
            self.announce({"event": "file-changed", **to_json(file)})

    def step(self, position: int, report: StepReport) -> None:
        """Save what became of a step and announce it; ``position`` counts from 0.

        Raises:
            ExecutionGone: it was to rest on an execution that was removed; nothing is changed.
        """
        steps = (*self.run.steps[:position], report, *self.run.steps[position + 1 :])
        self._catalog.save_step(self.run.run, position, report)
        self.run = replace(self.run, steps=steps)
        self._announce_step(report)

    def end(self, state: RunState, *, why: str = "") -> None:
        """Save and announce the run's end.

        Args:
            state: what became of it.
            why: why its unfinished steps are cancelled.
        """
        before = self.run.steps
        self.run = close_steps(self.run, state, why)
        self._catalog.save_run(self.run)
        for old, new in zip(before, self.run.steps, strict=True):
            if old != new:
                self._announce_step(new)
        self._announce_run()

    def announce(self, event: Mapping[str, Any]) -> None:
        """Pass an event on, with the run's name in it."""
        self._on_event({**event, "run": self.run.run})

    def _announce_step(self, report: StepReport) -> None:
        step = {"step": report.step, "state": report.state, "why": report.why}
        self.announce({"event": "step", **step})

    def _announce_run(self) -> None:
        self.announce({"event": "run", "state": self.run.state, "notice": self.run.notice})


def close_steps(run: Run, state: RunState, why: str) -> Run:
    """The run in a final state, its unfinished steps cancelled because of ``why``."""
    steps = (
        replace(step, state="cancelled", why=why) if step.state in UNFINISHED else step
        for step in run.steps
    )
    ended = max(run.started, iso(now()))  # the clock may have been put back
    return replace(run, state=state, ended=ended, steps=tuple(steps))
