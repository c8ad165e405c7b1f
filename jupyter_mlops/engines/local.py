"""The local engine: each attempt is a process on this machine, forked where papermill is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from jupyter_mlops.engines.base import Capabilities, Exit
from jupyter_mlops.engines.processes import LOG, kill_attempts, run_of
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model.task import Task

_START_SECONDS = 120.0
_STOP_SECONDS = 15.0


@dataclass(kw_only=True)
class _Attempt:
    folder: Path
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    exit: Exit | None = None

    def end(self, outcome: Exit) -> None:
        self.exit = outcome
        self.started.set()
        self.ended.set()


class LocalEngine:
    """Runs attempts as processes of the calling user, without limits and without isolation.

    Where the system lets a user do that, it cuts steps off from the network.

    One process of its own imports papermill once and forks for each attempt (see
    ``jupyter_mlops.step.zygote``); it ends, and all attempts with it, when the driver ends.
    """

    name = "local"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None
        self._attempts: dict[str, _Attempt] = {}

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the system lets this user do."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "jupyter_mlops.step.network"], capture_output=True
        )
        return Capabilities(network_none=done.returncode == 0)

    def start(self, task: Task) -> str:
        """See ``Engine.start``."""
        folder = Path(task.folder)
        handle = str(folder / "attempts" / str(task.attempt))
        with self._lock:
            if handle in self._attempts:
                return handle
            if self._zygote is None or not self._zygote.is_alive():
                self._zygote = _Zygote()
            zygote = self._zygote
            attempt = self._attempts[handle] = _Attempt(folder=Path(handle))
            zygote.start(handle, attempt, task)
        if not attempt.started.wait(_START_SECONDS):
            raise EngineError(
                "the local engine does not start the step", fix="look at the machine's load"
            )
        return handle

    def poll(self, handle: str, *, patience: float = 0.0) -> Exit | None:
        """See ``Engine.poll``."""
        attempt = self._attempts[handle]
        attempt.ended.wait(patience)
        return attempt.exit

    def stop(self, handle: str) -> None:
        """See ``Engine.stop``."""
        attempt = self._attempts[handle]
        if not attempt.ended.is_set() and self._zygote is not None:
            self._zygote.stop(handle)
            attempt.ended.wait(_STOP_SECONDS)
        if attempt.exit is None or attempt.exit.code not in _CLEAN:
            kill_attempts(lambda folder: folder == attempt.folder)

    def sweep(self, is_alive: Callable[[str], bool]) -> int:
        """See ``Engine.sweep``."""

        def is_orphan(folder: Path) -> bool:
            run = run_of(folder)
            return run is not None and str(folder) not in self._attempts and not is_alive(run)

        return len(kill_attempts(is_orphan))

    def close(self) -> None:
        """See ``Engine.close``."""
        for handle in list(self._attempts):
            self.stop(handle)
        if self._zygote is not None:
            self._zygote.close()


_CLEAN = (0, 1, 3)
"""Exit codes after which the step command has ended everything that it started."""


def _arguments(task: Task) -> list[str]:
    folder = Path(task.folder)
    attempt = folder / "attempts" / str(task.attempt)
    work = attempt / "work"
    if any(Path(name).is_absolute() for name in task.data):
        # The file system's own shape: data folders are linked in where relative paths lead.
        work = attempt / "tree" / Path(task.root or task.source).relative_to("/")
    return [
        *("--spec", str(folder / "spec.json"), "--attempt", str(task.attempt)),
        *("--inputs", str(folder / "inputs"), "--source", task.source, "--work", str(work)),
    ]


class _Zygote:
    """The process that forks attempts, and a thread that hears its reports."""

    def __init__(self) -> None:
        self._attempts: dict[str, _Attempt] = {}
        self._sending = threading.Lock()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "jupyter_mlops.step.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True, name="mlops-local")
        self._listener.start()

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def start(self, name: str, attempt: _Attempt, task: Task) -> None:
        self._attempts[name] = attempt
        self._send(
            {
                "start": name,
                "argv": _arguments(task),
                "log": str(attempt.folder / LOG),
                "secrets": dict(task.secrets),
                "network": task.resources.network,
            }
        )

    def stop(self, name: str) -> None:
        self._send({"stop": name})

    def close(self) -> None:
        _stream(self._process.stdin).close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        _stream(self._process.stdout).close()
        self._errors.close()

    def _send(self, request: dict[str, Any]) -> None:
        stdin = _stream(self._process.stdin)
        with self._sending:
            try:
                stdin.write(json.dumps(request).encode() + b"\n")
                stdin.flush()
            except OSError:
                self._process.wait()  # the listener tells every attempt how it ended

    def _listen(self) -> None:
        for line in _stream(self._process.stdout):
            report = json.loads(line)
            if "started" in report:
                self._attempts[report["started"]].started.set()
            else:
                code = report["code"]
                message = f"its process ended by signal {-code}" if code < 0 else ""
                self._attempts[report["ended"]].end(Exit(code=code, message=message))
        self._process.wait()
        self._errors.seek(0)
        reason = self._errors.read().decode(errors="replace").strip()[-500:]
        for attempt in list(self._attempts.values()):
            if not attempt.ended.is_set():
                attempt.end(Exit(code=None, message=f"the local engine ended: {reason}"))


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
