"""What folders of this machine tell of changes in them, where the system does so."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from jupyter_mlops.scheduling.files import fixed_folder, is_url

MOST = 32
"""So many folders are listened to: the system has few of the means; others are only looked at."""

_CHANGES = ("created", "modified", "moved", "closed", "deleted")


class Stirring:
    """The folders that are listened to. Whatever it misses is found by looking."""

    def __init__(self) -> None:
        self._watches: dict[str, tuple[str, Any]] = {}
        self._stirred: SimpleQueue[str] = SimpleQueue()
        self._observer: Any = None

    def names(self, sources: Mapping[str, str]) -> set[str]:
        """Those in whose folder something has changed since the last call.

        Args:
            sources: patterns of files by name; from now on it listens to these.
        """
        for name in [n for n, (source, _) in self._watches.items() if sources.get(n) != source]:
            self._leave(name)
        for name, source in sources.items():
            if name not in self._watches and not is_url(source) and len(self._watches) < MOST:
                self._watches[name] = (source, self._listen(name, source))
        found = set()
        while True:
            try:
                found.add(self._stirred.get_nowait())
            except Empty:
                return found & set(sources)

    def close(self) -> None:
        """Listen to nothing any more."""
        if self._observer is not None:
            self._observer.stop()

    def _listen(self, name: str, source: str) -> Any:
        from watchdog.events import FileSystemEvent, FileSystemEventHandler
        from watchdog.observers import Observer

        stirred = self._stirred

        class Hears(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if event.event_type in _CHANGES:  # looking is an event, too
                    stirred.put(name)

        if self._observer is None:
            self._observer = Observer()
            self._observer.start()
        folder = str(fixed_folder(source))
        with suppress(OSError):  # it is not there, or the system has no means left
            deep = "/" in source.removeprefix(folder).lstrip("/")
            return self._observer.schedule(Hears(), folder, recursive=deep)
        return None

    def _leave(self, name: str) -> None:
        _, watch = self._watches.pop(name)
        with suppress(KeyError):
            if watch is not None:
                self._observer.unschedule(watch)
