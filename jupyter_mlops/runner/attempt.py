"""One attempt of one step: started, watched, stopped; what it published is the truth."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.run import CellError, StepResult
from jupyter_mlops.model.task import Task
from jupyter_mlops.runner.naming import iso, now
from jupyter_mlops.runner.tail import EventTail

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine, Exit

_POLL_SECONDS = 0.05
_EXIT_SECONDS = 10.0
"""How long a published attempt may take to end by itself."""
_TIMEOUT_GRACE = 5.0
"""The step command keeps the timeout itself and can say more about it; this much later we do."""

_LOG = "step.log"
_LOG_LIMIT = 4000


class Cancelled(Exception):
    """The run is to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt on an engine.

    Attributes:
        engine: where it runs.
        task: what the engine gets.
        on_event: hears its events while it runs.
        is_cancelled: True once it is to stop.
    """

    engine: Engine
    task: Task
    on_event: Callable[[Mapping[str, Any]], None]
    is_cancelled: Callable[[], bool]

    @property
    def folder(self) -> Path:
        """Where the attempt writes."""
        return Path(self.task.folder) / "attempts" / str(self.task.attempt)

    @property
    def published(self) -> Path:
        """The result record of the attempt that published first."""
        return Path(self.task.folder) / "result.json"

    def run(self) -> StepResult:
        """What the step published; a failed result in its stead if it published nothing.

        Nothing of the attempt runs any more when this returns or raises.

        Raises:
            Cancelled: the run is to stop.
            EngineError: the engine does not answer.
        """
        started = iso(now())
        tail = EventTail(self.folder / "events.jsonl")
        handle = self.engine.start(self.task)
        try:
            error = self._watch(handle, tail)
        finally:
            self.engine.stop(handle)
        self._pass_on(tail)
        if self.published.exists():
            return read_result(self.published, self.task.attempt)
        if error is None:
            raise AssertionError("an attempt ended without a result and without an error")
        return StepResult(
            attempt=self.task.attempt,
            state="failed",
            started=started,
            ended=max(started, iso(now())),
            error=self._explain(error, tail),
        )

    def _explain(self, error: CellError, tail: EventTail) -> CellError:
        """The error with the cell that was running, and the end of the step command's own log."""
        running = tail.running or {}
        try:
            log = (self.folder / _LOG).read_text(errors="replace")[-_LOG_LIMIT:]
        except OSError:
            log = ""
        return replace(error, cell=running.get("cell"), cell_id=running.get("id"), traceback=log)

    def _watch(self, handle: str, tail: EventTail) -> CellError | None:
        """Wait for the end; None if a result was published, else why there is none."""
        limit = self.task.resources.timeout
        deadline = None if limit is None else time.monotonic() + limit + _TIMEOUT_GRACE
        while True:
            exited = self.engine.poll(handle, patience=_POLL_SECONDS)
            self._pass_on(tail)
            if self.published.exists():
                self._wait_for_exit(handle)
                return None
            if exited is not None:
                return _describe_exit(exited)
            if self.is_cancelled():
                raise Cancelled
            if deadline is not None and time.monotonic() > deadline:
                return CellError(kind="Timeout", message=f"the step took longer than {limit:g} s")

    def _wait_for_exit(self, handle: str) -> None:
        deadline = time.monotonic() + _EXIT_SECONDS
        while self.engine.poll(handle, patience=_POLL_SECONDS) is None:
            if time.monotonic() > deadline:
                return

    def _pass_on(self, tail: EventTail) -> None:
        for event in tail.read():
            self.on_event({**event, "step": self.task.step})


def read_result(path: Path, attempt: int) -> StepResult:
    """The published record; a failed one of ``attempt`` if it cannot be read."""
    try:
        return from_json(StepResult, json.loads(path.read_bytes()))
    except (ValueError, TypeError) as problem:
        moment = iso(now())
        error = CellError(kind="BadResult", message=f"{path} is no result record: {problem}")
        return StepResult(
            attempt=attempt, state="failed", started=moment, ended=moment, error=error
        )


def _describe_exit(exited: Exit) -> CellError:
    if exited.oom:
        return CellError(kind="OutOfMemory", message=exited.message or "killed for memory")
    code = "no exit code" if exited.code is None else f"exit code {exited.code}"
    message = f"the step ended with {code} before it published a result"
    if exited.message:
        message += f": {exited.message}"
    return CellError(kind="EngineLost", message=message)
