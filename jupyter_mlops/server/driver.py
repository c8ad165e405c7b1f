"""``python -m jupyter_mlops.server.driver``: drives one run, and outlives who started it.

The order has the fields of a `RunRequest`, and what to do.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.reproduction import ReproductionReport
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.detached import Answer, at_the_beginning
from jupyter_mlops.runner.signals import cancelled_by_signals
from jupyter_mlops.server.refusals import status_of
from jupyter_mlops.store import Store
from jupyter_mlops.verify.record import Recorded, record_verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the driver is to do.

    Attributes:
        task: run the pipeline, verify it, or run a recorded run again.
        notebook: absolute path; empty to reproduce.
        parameters: values by name.
        run, step: what is reproduced; the step may be None.
        engine, environment, fresh, fresh_from, resume, hermetic, reason: as of a `RunRequest`.
    """

    task: Literal["run", "verify", "reproduce"]
    notebook: str
    parameters: Mapping[str, Any]
    engine: Literal["auto", "docker", "local"]
    reason: str
    environment: str | None = None
    fresh: bool = False
    fresh_from: str | None = None
    resume: str | None = None
    hermetic: bool = False
    run: str = ""
    step: str | None = None

    def request(self) -> RunRequest:
        """The request that the order makes."""
        return RunRequest(
            notebook=Path(self.notebook),
            given_parameters=self.parameters,
            engine=self.engine,
            environment=self.environment,
            fresh=self.fresh,
            fresh_from=self.fresh_from,
            resume=self.resume,
            hermetic=self.hermetic,
            reason=self.reason,
        )


def main() -> None:
    """Do what stdin says."""
    order = Order(**json.load(sys.stdin.buffer))
    answer = Answer(sys.stdout.buffer)
    try:
        installation = Installation()
        store = installation.open_store()
        _DRIVERS[order.task](order, store, installation, answer)
    except MlopsError as problem:
        answer.give({"status": status_of(problem), "problem": to_json(problem.details())})
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        error = MlopsError(f"{where}{problem.strerror or problem}")
        answer.give({"status": status_of(error), "problem": to_json(error.details())})


def _run(order: Order, store: Store, installation: Installation, answer: Answer) -> None:
    cancel = threading.Event()
    with cancelled_by_signals(cancel, print):
        run_pipeline(
            order.request(),
            store=store,
            settings=installation.settings(),
            on_event=at_the_beginning(store, lambda run: answer.give({"run": run})),
            cancel=cancel,
        )


def _verify(order: Order, store: Store, installation: Installation, answer: Answer) -> None:
    cancel = _Stop()
    with contextlib.ExitStack() as stack:
        stack.enter_context(cancelled_by_signals(cancel, print))

        def begin(run: str) -> None:
            cancel.recorded = stack.enter_context(record_verification(store, run))
            answer.give({"run": run})

        from jupyter_mlops.verify import verify_notebook

        try:
            found = verify_notebook(
                order.request(),
                store=store,
                settings=installation.settings(),
                on_event=at_the_beginning(store, begin),
                cancel=cancel,
            )
        except Cancelled:
            if cancel.recorded is not None:
                cancel.recorded.end_cancelled()
        except MlopsError as problem:
            if cancel.recorded is None:
                raise
            cancel.recorded.fail(problem.message)
        else:
            assert cancel.recorded is not None
            cancel.recorded.finish(found)


def _reproduce(order: Order, store: Store, installation: Installation, answer: Answer) -> None:
    from jupyter_mlops.lineage.reproduce import reproduce_run
    from jupyter_mlops.lineage.reproduced import record_reproduction

    recorded = store.catalog.find_run(order.run).run
    cancel, made = threading.Event(), ""
    with contextlib.ExitStack() as stack:
        stack.enter_context(cancelled_by_signals(cancel, print))
        write: Callable[[ReproductionReport], None] | None = None

        def begin(run: str) -> None:
            nonlocal made, write
            made, write = run, stack.enter_context(record_reproduction(store, run))
            answer.give({"run": run})

        first = at_the_beginning(store, begin)
        try:
            found = reproduce_run(
                store,
                recorded,
                settings=installation.settings(),
                step=order.step,
                engine=None if order.engine == "auto" else order.engine,
                # What is said of the recorded run comes before the new one begins.
                on_event=lambda event: None if event["run"] == recorded else first(event),
                cancel=cancel,
            )
            report = ReproductionReport(run=made, state="done", found=found)
        except Cancelled:
            report = ReproductionReport(run=made, state="cancelled")
        except MlopsError as problem:
            if write is None:
                raise
            report = ReproductionReport(run=made, state="failed", message=problem.message)
        if write is not None:
            write(report)


class _Stop(threading.Event):
    """Set by a signal, or by whoever asks to cancel the verification that is recorded."""

    recorded: Recorded | None = None

    def is_set(self) -> bool:
        return super().is_set() or (self.recorded is not None and self.recorded.is_cancelled())


_DRIVERS = {"run": _run, "verify": _verify, "reproduce": _reproduce}


if __name__ == "__main__":
    main()
