"""The events of a run on disk, so that who comes later hears them from the beginning."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_mlops.step.events import open_event_log
from jupyter_mlops.store.disk import disk_problems

Listener = Callable[[Mapping[str, Any]], None]

JOURNAL = "events.jsonl"
"""One JSON object a line, in the run's folder."""


@contextmanager
def journal(
    folder: Path, on_event: Listener, clock: Callable[[], float] = time.time
) -> Iterator[Listener]:
    """A listener that writes each event down and passes it on with its time.

    Args:
        folder: of the run.
        on_event: hears the event after it was written.
        clock: seconds since the epoch.

    Raises:
        StoreError: the folder cannot be written; the listener raises it, too.
    """
    path = folder / JOURNAL
    with disk_problems(path):
        file = open_event_log(path)

    def listen(event: Mapping[str, Any]) -> None:
        timed = {"time": clock(), **event}
        with disk_problems(path):
            file.write(json.dumps(timed, ensure_ascii=False) + "\n")
            file.flush()
        on_event(event)

    with file:
        yield listen
