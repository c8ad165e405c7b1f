"""A process of its own that drives a run, and outlives who started it.

An order comes as JSON on its stdin. The answer is one line of JSON on its stdout: ``{"run": NAME}``
once the run is on record, or ``{"problem": …}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

from jupyter_mlops.model.codec import finite, to_json
from jupyter_mlops.runner.journal import Listener
from jupyter_mlops.store import Store

LOG = "driver.log"
"""In the run's folder: what the driver itself wrote."""

_TOLD = 2000
"""Characters of a driver's last words that the user gets."""


def start_driver(
    module: str, order: Any, *, log: IO[bytes], answers: bool
) -> subprocess.Popen[bytes]:
    """A new process that does what ``order`` says.

    It has a session of its own: no signal to this process's terminal or group reaches it, and it
    goes on when this process ends.

    Args:
        module: which it runs.
        order: a model value.
        log: what it writes until its run has begun.
        answers: True to read the answer from the process's ``stdout``.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
        stderr=log,
        start_new_session=True,
    )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin:  # its end will be seen
        process.stdin.write(json.dumps(to_json(order)).encode())
    return process


def last_words(log: IO[bytes]) -> str:
    """The end of what a driver wrote."""
    log.seek(0)
    return log.read().decode(errors="replace")[-_TOLD:]


class Answer:
    """The one line that whoever started the driver waits for.

    Args:
        stream: where it goes; nobody may be listening any more.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._given = False

    def give(self, answer: Mapping[str, Any]) -> None:
        """Give the answer, unless one was given before."""
        if self._given:
            return
        self._given = True
        with contextlib.suppress(OSError):
            self._stream.write(json.dumps(finite(answer)).encode() + b"\n")
            self._stream.flush()


def at_the_beginning(store: Store, begin: Callable[[str], None]) -> Listener:
    """A listener that calls ``begin`` with the run's name at the first event.

    The run is on record then. From then on this process writes to the run's folder only: whoever
    reads its stdout and stderr may go away.
    """
    begun: list[str] = []

    def on_event(event: Mapping[str, Any]) -> None:
        if not begun:
            begun.append(event["run"])
            begin(event["run"])
            write_to(store.run_folder(event["run"]) / LOG)

    return on_event


def write_to(path: Path) -> None:
    """Let stdout and stderr of this process be that file."""
    with path.open("ab") as log:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(log.fileno(), stream.fileno())
