"""The step command itself: arguments, signals, one attempt, one published record."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.processes import adopt_orphans, kill_descendants

EXIT_STOPPED = 143


def main(
    argv: Sequence[str] | None = None,
    *,
    alone: bool = False,
    secrets: Mapping[str, str] | None = None,
) -> int:
    """Run one attempt of one step and publish its result.

    Args:
        argv: the arguments; None for those of the process.
        secrets: values by name; with ``--secrets-from-stdin`` they are read instead.
        alone: True if the process exists for this attempt only. It then ends everything that it
            started, also what a cell left in the background, and ends at once on SIGTERM or SIGINT.

    Returns:
        0 if it published ``succeeded``, 1 if it published ``failed``, 3 if another attempt had
        published before, 4 if it could not publish; with ``alone``, 143 after a signal.
    """
    layout, from_stdin = parse(argv)
    if from_stdin:
        secrets = read_secrets()
    if alone:
        adopt_orphans()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _stop)
            signal.signal(signal.SIGINT, _stop)
    from jupyter_mlops.step.attempt import run_attempt

    return run_attempt(layout, alone=alone, secrets=secrets or {})


def read_secrets() -> dict[str, str]:
    """Values by name, from one line of JSON on standard input, which is closed then.

    An engine that cannot give them at once gives nothing else there.
    """
    line = bytearray()
    while not line.endswith(b"\n") and (part := os.read(0, 1)):
        line += part
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return dict(json.loads(line)) if line.endswith(b"\n") else {}


def parse(argv: Sequence[str] | None) -> tuple[Layout, bool]:
    """The layout that the arguments name, with absolute paths; exits with 2 on bad usage.

    The second value is True if secrets come on standard input.
    """
    parser = argparse.ArgumentParser(
        prog="python -m jupyter_mlops.step", description="Run one attempt of one step."
    )
    parser.add_argument("--spec", type=Path, required=True, help="the step's spec.json")
    parser.add_argument("--attempt", type=int, required=True, help="number of the attempt, from 1")
    parser.add_argument("--inputs", type=Path, required=True, help="folder of input objects")
    parser.add_argument("--source", type=Path, required=True, help="the project root; only read")
    parser.add_argument("--work", type=Path, required=True, help="the working folder to fill")
    parser.add_argument(
        "--secrets-from-stdin",
        action="store_true",
        help="read secrets, one JSON object of values by name on one line, from standard input",
    )
    given = parser.parse_args(argv)
    if not given.spec.is_file():
        parser.error(f"--spec: {given.spec} is not a file")
    if given.attempt < 1:
        parser.error("--attempt: the first attempt is 1")
    layout = Layout(
        number=given.attempt,
        step=given.spec.absolute().parent,
        inputs=given.inputs.absolute(),
        source=given.source.absolute(),
        work=given.work.absolute(),
    )
    return layout, given.secrets_from_stdin


def _stop(number: int, frame: object) -> None:
    """End everything now: nothing was published, so nothing needs to be put in order."""
    import shutil

    from jupyter_mlops.step.containment import secrets_folder
    from jupyter_mlops.step.scratch import remove_scratch

    kill_descendants()
    remove_scratch(os.getpid())
    shutil.rmtree(secrets_folder(), ignore_errors=True)
    os._exit(EXIT_STOPPED)
