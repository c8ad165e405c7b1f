"""Starts the process that drives a run."""

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
    with tempfile.TemporaryFile() as log:
        process = start_driver("jupyter_mlops.server.driver", order, log=log, answers=True)
        threading.Thread(target=process.wait, name="driver", daemon=True).start()
        assert process.stdout is not None
        with process.stdout:
            line = process.stdout.readline()
        if not line:
            process.wait()
            raise DriverFailed(
                "the process that should drive the run ended with "
                f"{process.returncode}: {last_words(log)}",
                fix="run the notebook with `jupyter mlops run` to see more",
            )
    answer = json.loads(line)
    if "problem" in answer:
        raise NotBegun(answer["status"], answer["problem"])
    return str(answer["run"])
