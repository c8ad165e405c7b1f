"""The run as it stands: every change is on record before anybody hears of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.run import FileChange, Run, RunState, StepReport
from jupyter_mlops.runner.naming import iso, now
from jupyter_mlops.runner.telling import tell_end
from jupyter_mlops.standards import Standards
from jupyter_mlops.store import Store

UNFINISHED = ("pending", "running")
"""States of a step that something still has to become of."""


class Recorder:
    """Keeps, saves and announces one run.

    Args:
        run: the run as it begins.
        store: where it is saved; its ledger tells of beginning and end before the catalog does.
        on_event: hears each event, with the run's name in it.
        standards: tell other systems of the run and its steps.
    """

    def __init__(
        self,
        run: Run,
        store: Store,
        on_event: Callable[[Mapping[str, Any]], None],
        standards: Standards,
    ) -> None:
        self.run = run
        self._store = store
        self._catalog = store.catalog
        self._on_event = on_event
        self._begun: int | None = None
        self._standards = standards

    def begin(self, settings: int) -> None:
        """Save the run and announce that it is running, and its steps.

        Args:
            settings: number of the ledger's entry with the settings that are in force.
        """
        self._begun = self._store.ledger.append(
            action="run",
            subject=self.run.run,
            state="begun",
            details={
                "notebook": self.run.notebook,
                "reason": self.run.reason,
                "engine": self.run.engine,
                "pipeline": self.run.pipeline,
                "settings": settings,
            },
            objects=(self.run.source,),
        ).number
        self._catalog.save_run(self.run)
        self._standards.run(self.run, self.run.started)
        self._announce_run(self.run.notice)
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
        self._standards.step(self.run, position, report, iso(now()))
        self._announce_step(report)

    def end(self, state: RunState, *, why: str = "") -> None:
        """Save and announce the run's end.

        Args:
            state: what became of it.
            why: why its unfinished steps did not end.
        """
        before = self.run.steps
        self.run = close_steps(self.run, state, why)
        self._catalog.save_run(self.run, self._tell_end)
        tell_standards(self._standards, before, self.run)
        for old, new in zip(before, self.run.steps, strict=True):
            if old != new:
                self._announce_step(new)
        # What another system missed is no part of the record, which the ledger has sealed.
        self._announce_run(self._standards.close())

    def announce(self, event: Mapping[str, Any]) -> None:
        """Pass an event on, with the run's name in it."""
        self._on_event({**event, "run": self.run.run})

    def _tell_end(self, record: str) -> None:
        tell_end(self._store, self.run, record, self._begun)

    def _announce_step(self, report: StepReport) -> None:
        step = {"step": report.step, "state": report.state, "why": report.why}
        self.announce({"event": "step", **step})

    def _announce_run(self, notice: str) -> None:
        notice = notice or self.run.notice
        self.announce({"event": "run", "state": self.run.state, "notice": notice})


def tell_standards(standards: Standards, before: tuple[StepReport, ...], run: Run) -> None:
    """Tell other systems of the run's end, and of the steps that ended with it."""
    when = run.ended or iso(now())
    for position, (old, new) in enumerate(zip(before, run.steps, strict=True)):
        if old != new:
            standards.step(run, position, new, when)
    standards.run(run, when)


def close_steps(run: Run, state: RunState, why: str) -> Run:
    """The run in a final state, its unfinished steps closed because of ``why``.

    They count as cancelled; those that a failed run had not begun, as skipped.
    """
    steps = (
        replace(
            step,
            state="skipped" if (state, step.state) == ("failed", "pending") else "cancelled",
            why=why,
        )
        if step.state in UNFINISHED
        else step
        for step in run.steps
    )
    ended = max(run.started, iso(now()))  # the clock may have been put back
    return replace(run, state=state, ended=ended, steps=tuple(steps))
