"""The sign of life of a run's driver."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store import lifeline

KILLED_AS_IT_STARTS_A_PROCESS = """
import os, pathlib, signal, subprocess, sys
from jupyter_mlops.store import lifeline

with lifeline.hold(pathlib.Path(sys.argv[1])):
    files = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    held = [number for number in files if os.path.exists(f"/proc/self/fd/{number}")]
    subprocess.Popen(["sleep", sys.argv[2]], pass_fds=held)
    os.kill(os.getpid(), signal.SIGKILL)
"""
"""The new process keeps what it has until its program begins; this one keeps it for longer."""


def kill_holder(folder: Path, *, seconds: float) -> None:
    """Kill a process that holds the folder; its child goes on for some seconds with what it had."""
    command = [sys.executable, "-c", KILLED_AS_IT_STARTS_A_PROCESS, str(folder), str(seconds)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def test_a_driver_that_was_killed_while_it_started_a_process_is_dead_a_moment_later(
    tmp_path: Path,
) -> None:
    kill_holder(tmp_path, seconds=0.5)
    with lifeline.try_hold(tmp_path) as held:
        assert not held
    began = time.monotonic()
    with lifeline.hold(tmp_path):
        assert time.monotonic() - began > 0.1
    kill_holder(tmp_path, seconds=0.5)
    with lifeline.try_hold(tmp_path, patience=lifeline.A_MOMENT) as held:
        assert held


def test_a_run_has_one_driver(tmp_path: Path) -> None:
    with lifeline.hold(tmp_path):
        with (
            pytest.raises(StoreError, match="another process drives the run in"),
            lifeline.hold(tmp_path),
        ):
            raise AssertionError
        assert lifeline.is_alive(tmp_path)
    assert not lifeline.is_alive(tmp_path)
