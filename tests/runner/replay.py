"""Runs of a real pipeline in a process that is killed at its n-th write to disk."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jupyter_mlops.engines.base import Capabilities, Exit
from jupyter_mlops.model.task import Task

WRITES = ("fsync", "link", "mkdir", "open", "remove", "rename", "replace", "rmdir", "unlink")
"""Functions of ``os`` through which the driver changes what is on disk."""


@dataclass(frozen=True)
class ReplayEngine:
    """Publishes what real attempts of the same steps left before; starts no kernel.

    Args:
        recorded: folder with the step folders of a real run as their attempts left them.
    """

    recorded: Path
    name: str = "local"
    capabilities: Capabilities = Capabilities()

    def start(self, task: Task) -> str:
        source = self.recorded / Path(task.folder).name
        shutil.copytree(source / "attempts", Path(task.folder) / "attempts", dirs_exist_ok=True)
        shutil.copy2(source / "result.json", task.folder)
        return task.folder

    def poll(self, handle: str, *, patience: float = 0.0) -> Exit | None:
        return Exit(code=0, oom=False, message="")

    def stop(self, handle: str) -> None:
        """Nothing runs."""

    def sweep(self, is_alive: Callable[[str], bool]) -> int:
        return 0

    def close(self) -> None:
        """Nothing is held."""


def in_child(work: Callable[[], object], *, kill_at: int | None = None) -> int:
    """The signal that ended a forked process which did the work, or 0.

    Args:
        work: what the process does.
        kill_at: the process kills itself instead of its ``kill_at``-th write, counted from 1.
    """
    child = os.fork()
    if child == 0:
        code = 1
        gc.freeze()  # or collections of garbage write to, and so copy, all of the parent's objects
        try:
            with _killed(kill_at):
                work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@contextlib.contextmanager
def _killed(kill_at: int | None) -> Iterator[None]:
    """Count writes to disk, and die where it is asked for."""
    from sqlalchemy import Engine, event

    made = 0

    def count() -> None:
        nonlocal made
        made += 1
        if made == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(function: Callable[..., Any], *, opens: bool) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if not opens or (args[1] & (os.O_WRONLY | os.O_RDWR)):
                count()
            return function(*args, **options)

        return call

    event.listen(Engine, "commit", lambda connection: count())
    with contextlib.ExitStack() as stack:
        for name in WRITES:
            function = counted(getattr(os, name), opens=name == "open")
            stack.enter_context(patch.object(os, name, function))
        yield
