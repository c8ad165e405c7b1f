"""A process that imported papermill once and forks an attempt for each request.

``python -m jupyter_mlops.step.zygote`` reads requests from standard input and writes reports to
standard output, one JSON object a line:

::

    → {"start": name, "argv": [...], "log": path}     ← {"started": name, "pid": p}
    → {"stop": name}                                  ← {"ended": name, "code": c}

A start may have ``"secrets"``, values by name, which go no further than the attempt's memory, and
``"network": "none"``, which cuts it off.

``code`` is the exit code, negative for the signal that ended the process. It imports only: nothing
may start a thread or a ZeroMQ context before the fork. When its input ends, because the driver
ended in whatever way, it ends every attempt and then itself.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.step.command import main
from jupyter_mlops.step.imports import import_less
from jupyter_mlops.step.network import cut_off_network
from jupyter_mlops.step.processes import adopt_orphans, die_with_parent, kill_descendants

GRACE = 5.0
"""Seconds between asking an attempt to stop and killing it."""


class Zygote:
    """The attempts that run, and the pipes to the driver."""

    def __init__(self, requests: int, reports: int) -> None:
        self._requests = requests
        self._reports = reports
        self._running: dict[int, str] = {}
        self._condemned: dict[int, float] = {}
        self._open = True

    def serve(self, wakeup: int) -> None:
        """Handle requests and children until the input has ended and no attempt is left."""
        buffer = b""
        while self._open or self._running:
            waiting = [self._requests, wakeup] if self._open else [wakeup]
            ready, _, _ = select.select(waiting, [], [], self._patience())
            if wakeup in ready:
                os.read(wakeup, 4096)
            self._reap()
            self._kill_late()
            if self._requests in ready:
                data = os.read(self._requests, 65536)
                if not data:
                    self._open = False
                    for pid in self._running:
                        self._stop(pid)
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    self._handle(json.loads(line))

    def _handle(self, request: Mapping[str, Any]) -> None:
        if "start" in request:
            name = request["start"]
            pid = self._fork(request)
            self._running[pid] = name
            self._report({"started": name, "pid": pid})
        else:
            for pid, name in self._running.items():
                if name == request["stop"]:
                    self._stop(pid)

    def _fork(self, request: Mapping[str, Any]) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            os.setsid()
            if request.get("network") == "none":
                cut_off_network()
            die_with_parent(signal.SIGTERM)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if os.getppid() == parent:
                _redirect(Path(request["log"]))
                os.close(self._reports)
                os.close(self._requests)
                code = main(request["argv"], alone=True, secrets=request.get("secrets"))
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _stop(self, pid: int) -> None:
        self._condemned.setdefault(pid, time.monotonic() + GRACE)
        os.kill(pid, signal.SIGTERM)

    def _patience(self) -> float | None:
        if not self._condemned:
            return None
        return max(0.0, min(self._condemned.values()) - time.monotonic())

    def _kill_late(self) -> None:
        for pid, limit in list(self._condemned.items()):
            if time.monotonic() >= limit:
                os.kill(pid, signal.SIGKILL)
                self._condemned[pid] = time.monotonic() + GRACE

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._condemned.pop(pid, None)
            name = self._running.pop(pid, None)
            if name is not None:
                self._report({"ended": name, "code": os.waitstatus_to_exitcode(status)})

    def _report(self, message: Mapping[str, Any]) -> None:
        try:
            os.write(self._reports, json.dumps(message).encode() + b"\n")
        except OSError:
            self._open = False


def _redirect(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    os.close(nothing)


def run() -> None:
    """Serve until the driver is gone."""
    import_less()
    import jupyter_mlops.step.attempt
    import jupyter_mlops.step.kernel
    import jupyter_mlops.step.stage  # noqa: F401

    adopt_orphans()
    requests, reports = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    wakeup, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Zygote(requests, reports).serve(wakeup)
    kill_descendants()


if __name__ == "__main__":
    run()
