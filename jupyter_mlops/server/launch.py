"""Starts processes that outlive the server: one drives a run, one runs schedules."""

from __future__ import annotations

import json
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from jupyter_mlops.runner.detached import last_words, start_driver
from jupyter_mlops.server.refusals import DriverFailed

if TYPE_CHECKING:
    from jupyter_mlops.server.driver import Order


class NotBegun(Exception):
    """The run did not begin.

    Attributes:
        status: HTTP status.
        problem: why, as JSON.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("message", ""))
        self.status, self.problem = status, problem


def launch(order: Order) -> str:
    """The name of the run that a new process drives; it is on record.

    Raises:
        NotBegun: the run cannot begin.
        DriverFailed: the process ended without a word.
    """
    fix = "run the notebook with `jupyter mlops run` to see more"
    answer = _started("jupyter_mlops.server.driver", order, "drive the run", fix)
    return str(answer["run"])


def launch_service(store: str) -> bool:
    """True if a new process serves the store in this folder; False if a service did already.

    Raises:
        NotBegun: the store cannot be used.
        DriverFailed: the process ended without a word.
    """
    from jupyter_mlops.scheduling.background import ServiceOrder

    fix = "start `jupyter mlops service` to see more"
    order = ServiceOrder(store=store)
    answer = _started("jupyter_mlops.scheduling.background", order, "run schedules", fix)
    return bool(answer["alone"])


def _started(module: str, order: object, task: str, fix: str) -> dict[str, Any]:
    """The answer of a new process, which goes on."""
    with tempfile.TemporaryFile() as log:
        process = start_driver(module, order, log=log, answers=True)
        threading.Thread(target=process.wait, name="driver", daemon=True).start()
        assert process.stdout is not None
        with process.stdout:
            line = process.stdout.readline()
        if not line:
            process.wait()
            raise DriverFailed(
                f"the process that should {task} ended with "
                f"{process.returncode}: {last_words(log)}",
                fix=fix,
            )
    answer: dict[str, Any] = json.loads(line)
    if "problem" in answer:
        raise NotBegun(answer.get("status", 409), answer["problem"])
    return answer
