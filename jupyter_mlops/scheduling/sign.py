"""The sign that a service serves a store, since when, and until when the last one did."""

from __future__ import annotations

import json
import os
import signal
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.schedule import ServiceStatus
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.disk import disk_problems
from jupyter_mlops.store.lifeline import is_alive, try_hold

_RENEWED = timedelta(seconds=5)
"""How often a service says that it still lives: so well it is known when one was killed."""


class Sign:
    """What one of the services that share a store holds; the system frees it however that one dies.

    Args:
        root: folder of the store.
        host: on which this service works.

    Attributes:
        folder: where the sign is.
    """

    def __init__(self, root: Path, *, host: str) -> None:
        self.folder = sign_folder(root)
        self._host = host
        self._held: ExitStack | None = None
        self._since = ""
        self._renewed = datetime.min.replace(tzinfo=UTC)

    def show(self, now: datetime) -> bool:
        """True if this service holds the sign, which it takes unless another one has it.

        Raises:
            StoreError: the store's folder cannot be written.
        """
        if self._held is None:
            with ExitStack() as stack:
                if not stack.enter_context(try_hold(self.folder)):
                    return False
                self._since = iso(now)
                self._write()
                self._held = stack.pop_all()
        if now - self._renewed >= _RENEWED:
            self._renewed = now
            with disk_problems(self.folder):
                os.utime(_file(self.folder), (now.timestamp(), now.timestamp()))
        return True

    def drop(self, now: datetime) -> None:
        """Let another service take it; what is kept says that this one has ended in good order.

        Raises:
            StoreError: the store's folder cannot be written.
        """
        if self._held is not None:
            with self._held:
                self._held = None
                self._write(ended=iso(now))

    def _write(self, *, ended: str | None = None) -> None:
        kept = {"host": self._host, "pid": os.getpid(), "since": self._since, "ended": ended}
        part = self.folder / "service.json.new"
        with disk_problems(self.folder):
            part.write_text(json.dumps(kept))
            part.replace(_file(self.folder))


def sign_folder(root: Path) -> Path:
    """Where the sign and the log of a service that was started in the background are."""
    return root / "service"


def service_status(root: Path) -> ServiceStatus:
    """Whether a service serves the store in this folder; nothing of the store is opened.

    Raises:
        StoreError: the store's folder cannot be read.
    """
    folder = sign_folder(root)
    running = is_alive(folder)
    try:
        kept = json.loads(_file(folder).read_bytes())
        seen = datetime.fromtimestamp(_file(folder).stat().st_mtime, UTC)
    except (OSError, ValueError):
        return ServiceStatus(running=running)
    if running:
        return ServiceStatus(running=True, since=kept["since"], host=kept["host"], pid=kept["pid"])
    ended = kept["ended"]
    return ServiceStatus(running=False, since=ended or iso(seen), stopped=ended is not None)


def stop_service(root: Path, *, host: str) -> ServiceStatus:
    """The service that holds the sign, after it was told to begin nothing more.

    Raises:
        ScheduleError: none runs, or it works on another host.
    """
    status = service_status(root)
    if not status.running or status.pid is None:
        raise ScheduleError(f"no service runs on the store {root}")
    if status.host != host:
        raise ScheduleError(
            f"the service works on {status.host}, and this is {host}", fix="stop it there"
        )
    os.kill(status.pid, signal.SIGTERM)
    return status


def _file(folder: Path) -> Path:
    return folder / "service.json"
