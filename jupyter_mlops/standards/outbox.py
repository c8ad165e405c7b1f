"""What is told to other systems: written down first, sent beside the run, kept until it is."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import UnknownRun
from jupyter_mlops.model.run import Run, StepReport
from jupyter_mlops.store.disk import disk_problems, leftovers, write_new

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store

PATIENCE = 10.0
"""Seconds for which the end of a run waits until everything is sent."""

Message = Mapping[str, Any]
"""``run``, ``step`` (its position; None: the run itself), ``state`` and ``time``: what happened."""


class Outbox:
    """Messages in a folder, sent in order by a thread; those that cannot be sent stay for later.

    A message may be sent twice, if the sender is killed in between, and is never left out: it is a
    file until its receiver has taken it. Any number of processes may share the folder.

    Args:
        folder: made at the first message.
        receiver: how messages name it.
        send: delivers one message; whatever it raises means that it was not delivered.
    """

    def __init__(self, folder: Path, receiver: str, send: Callable[[Message], None]) -> None:
        self._folder = folder
        self._receiver = receiver
        self._send = send
        self._problem = ""
        self._wake, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, message: Message) -> None:
        """Write the message down; it is sent soon. Raises StoreError if the disk is full."""
        with disk_problems(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.json"
            write_new(self._folder / name, json.dumps(message).encode())
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._receiver, daemon=True)
            self._thread.start()
        self._wake.set()

    def close(self) -> str:
        """Wait a little until all is sent; a sentence about what is not, or ""."""
        if self._thread is None:
            return ""
        self._ended.set()
        self._wake.set()
        self._thread.join(PATIENCE)
        left = len(self._waiting())
        if not left:
            return ""
        why = self._problem or f"it did not answer within {PATIENCE:g} s"
        return (
            f"messages to {self._receiver} wait in {self._folder} for the next run ({left}): {why}"
        )

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            is_last = self._ended.is_set()
            try:
                self._drain()
                self._problem = ""
            except Exception as problem:  # whatever the receiver's library may raise
                first = (str(problem).strip() or type(problem).__name__).splitlines()[0]
                self._problem = f"it failed: {first}"
            if is_last:
                return

    def _drain(self) -> None:
        """Send what waits, also of other processes, which send nothing meanwhile."""
        from filelock import FileLock

        with FileLock(self._folder / ".lock"):
            for part in leftovers(self._folder):
                part.unlink(missing_ok=True)
            for path in self._waiting():
                with suppress(UnknownRun):  # it was deleted meanwhile
                    self._send(json.loads(path.read_bytes()))
                path.unlink(missing_ok=True)

    def _waiting(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))


class Standards:
    """All outboxes of an installation; without any, nothing is imported and nothing is done."""

    def __init__(self, steps: tuple[Outbox, ...] = (), runs: tuple[Outbox, ...] = ()) -> None:
        self._steps = steps
        self._runs = runs

    def run(self, run: Run, when: str) -> None:
        """Tell that a run began or ended."""
        message = {"run": run.run, "step": None, "state": run.state, "time": when}
        for outbox in (*self._steps, *(self._runs if run.state != "running" else ())):
            outbox.put(message)

    def step(self, run: Run, position: int, report: StepReport, when: str) -> None:
        """Tell that a step began or ended."""
        for outbox in self._steps if report.state != "pending" else ():
            outbox.put({"run": run.run, "step": position, "state": report.state, "time": when})

    def close(self) -> str:
        """Wait a little until all is sent; one line about what is not, or ""."""
        return "; ".join(filter(None, (outbox.close() for outbox in (*self._steps, *self._runs))))


def open_standards(settings: Mlops, store: Store) -> Standards:
    """What the settings ask for; nothing is connected yet."""
    steps, runs = [], []
    if settings.openlineage:
        from jupyter_mlops.standards.openlineage import open_sender

        folder = store.root / "outbox" / "openlineage"
        steps.append(Outbox(folder, "OpenLineage", open_sender(settings.openlineage, store)))
    if settings.mlflow_tracking_uri:
        from jupyter_mlops.standards.mlflow import open_logger

        folder = store.root / "outbox" / "mlflow"
        logger = open_logger(settings.mlflow_tracking_uri, settings.mlflow_experiment, store)
        runs.append(Outbox(folder, "MLflow", logger))
    if settings.telemetry:
        from jupyter_mlops.standards.traces import open_tracer

        folder = store.root / "outbox" / "telemetry"
        tracer = open_tracer(settings.telemetry, store)
        runs.append(Outbox(folder, "OpenTelemetry", tracer))
    return Standards(tuple(steps), tuple(runs))
