"""Signals that end a run in good order."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHOW_CURSOR = b"\x1b[?25h\n"


@contextmanager
def cancelled_by_signals(
    cancel: threading.Event, say: Callable[[str], None]
) -> Iterator[list[int]]:
    """The numbers of the stopping signals that arrive while the block runs.

    The first one sets ``cancel``, and ``say`` is told; the second ends the process at once. Signals
    that the process was started to ignore (``nohup``, a background job) stay ignored.
    """
    received: list[int] = []
    reading, writing = os.pipe()

    def stop(number: int, frame: FrameType | None) -> None:
        if received:
            if sys.stdout.isatty():
                os.write(sys.stdout.fileno(), SHOW_CURSOR)
            os._exit(128 + number)
        received.append(number)
        os.write(writing, b"!")

    def watch() -> None:
        # A handler may interrupt the main thread inside cancel.wait(), where set() would deadlock.
        if os.read(reading, 1) == b"!":
            cancel.set()
            say("stopping the run; the same signal again leaves it as it is")

    watcher = threading.Thread(target=watch, name="signals", daemon=True)
    watcher.start()
    heeded = [s for s in STOPPING if signal.getsignal(s) is not signal.SIG_IGN]
    before = {s: signal.signal(s, stop) for s in heeded}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.write(writing, b".")
        watcher.join()
        os.close(reading)
        os.close(writing)
