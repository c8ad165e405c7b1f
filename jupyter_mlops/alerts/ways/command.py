"""A command that gets what is told as JSON on its standard input; no shell reads any of it."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import AlertError, DeliveryError

TIMEOUT = 120.0
"""Seconds after which a command is killed, with all that it started."""

KEY = "JUPYTER_MLOPS_DELIVERY"
"""The variable that tells the command the delivery's key."""

_TOLD = 200


def check_command(text: str) -> str:
    """The command with the absolute path of its program, as words for a shell would be quoted.

    Raises:
        AlertError: it cannot be split into words, or there is no such program.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise AlertError(f"{text!r} cannot be split into words: {error}") from None
    program = shutil.which(words[0]) if words else None
    if program is None:
        raise AlertError(
            f"{words[0] if words else text!r} is no program",
            fix="give a program that is there and may be run; nothing of it is read by a shell",
        )
    return shlex.join([str(Path(program).absolute()), *words[1:]])


def run_command(text: str, told: Mapping[str, Any], key: str) -> None:
    """Return once the command has ended with 0.

    Raises:
        DeliveryError: it has not.
    """
    try:
        process = subprocess.Popen(
            shlex.split(text),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, KEY: key},
            start_new_session=True,
        )
    except OSError as error:
        raise DeliveryError(f"the command cannot be run: {error.strerror}") from None
    with process:
        try:
            output, _ = process.communicate(json.dumps(told).encode(), timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise DeliveryError(f"the command was killed after {TIMEOUT:g} s") from None
    if process.returncode:
        last = output.decode(errors="replace").strip().rpartition("\n")[2][:_TOLD]
        raise DeliveryError(f"the command ended with {process.returncode}: {last}".rstrip(": "))
