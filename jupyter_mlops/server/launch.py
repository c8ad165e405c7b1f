"""Starts the process that drives a run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.server.refusals import DriverFailed

if TYPE_CHECKING:
    from jupyter_mlops.server.driver import Order

_TOLD = 2000
"""Characters of a driver's last words that the user gets."""


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

    The process has a session of its own: no signal to the server's terminal or process group
    reaches it, and it goes on when the server ends.

    Raises:
        NotBegun: the run cannot begin.
        DriverFailed: the process ended without a word.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_mlops.server.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        threading.Thread(target=process.wait, name="driver", daemon=True).start()
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin, process.stdout:
            process.stdin.write(json.dumps(to_json(order)).encode())
            process.stdin.close()
            line = process.stdout.readline()
        if not line:
            process.wait()
            log.seek(0)
            words = log.read().decode(errors="replace")[-_TOLD:]
            raise DriverFailed(
                f"the process that should drive the run ended with {process.returncode}: {words}",
                fix="run the notebook with `jupyter mlops run` to see more",
            )
    answer = json.loads(line)
    if "problem" in answer:
        raise NotBegun(answer["status"], answer["problem"])
    return str(answer["run"])
