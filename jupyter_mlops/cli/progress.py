"""What shows a run while it runs."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from types import TracebackType
from typing import Any, Self

ENDED = ("succeeded", "reused", "failed", "skipped", "cancelled")


class Progress:
    """A context manager that shows the runner's events as they come, from whatever thread.

    Args:
        clock: seconds, from any beginning.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._begun: dict[str, float] = {}
        self._unreadable = False
        self._notice = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def on_event(self, event: Mapping[str, Any]) -> None:
        """Show one event of the runner; when nobody can read it any more, the run goes on."""
        with self._lock:
            try:
                if not self._unreadable:
                    self._show(event)
            except OSError:
                self._unreadable = True

    def _show(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "step":
            if event["state"] == "running":
                self._begun.setdefault(event["step"], self._clock())
            self.show_step(event["step"], event["state"], event.get("why") or "")
        elif event["event"] == "output":
            self.show_output(event["step"], output_text(event))
        elif event["event"] == "cell-started":
            self.show_cell(event["step"], event["cell"])
        elif event["event"] == "run" and event.get("notice", "") not in ("", self._notice):
            self._notice = event["notice"]
            self.show_notice(self._notice)
        elif event["event"] == "environment":
            self.show_environment(event["text"])
        elif event["event"] == "file-changed":
            self.show_notice(change_text(event["path"], event["became"], event["steps"]))

    def seconds(self, step: str) -> float | None:
        """Seconds since the step began to run, or None if it did not."""
        return self._clock() - self._begun[step] if step in self._begun else None

    def show_step(self, step: str, state: str, why: str) -> None:
        """A step changed its state."""
        raise NotImplementedError

    def show_cell(self, step: str, cell: int) -> None:
        """A cell, numbered as in the source notebook, began to run."""
        raise NotImplementedError

    def show_output(self, step: str, text: str) -> None:
        """A cell wrote text, which may be a part of a line."""
        raise NotImplementedError

    def show_environment(self, line: str) -> None:
        """The environment is being made, which may take minutes the first time."""
        raise NotImplementedError

    def show_notice(self, notice: str) -> None:
        """The run has something to say to the user."""
        raise NotImplementedError


def output_text(event: Mapping[str, Any]) -> str:
    """The text of an ``output`` event; what a cell displays stands on lines of its own."""
    text: str = event["text"]
    return text if event["stream"] != "display" or text.endswith("\n") else f"{text}\n"


def change_text(path: str, became: str, steps: Sequence[str]) -> str:
    """One line such as ``data.csv changed since the last run; read by load, train``."""
    verb = "changed" if became == "changed" else f"is {became}"
    return f"{path} {verb} since the last run; read by {', '.join(steps)}"


class Lines:
    """Cuts pieces of output into whole lines, apart for each step.

    A carriage return begins a line anew, as on a terminal, so that of a progress bar only the last
    state is kept.
    """

    def __init__(self) -> None:
        self._parts: defaultdict[str, str] = defaultdict(str)

    def feed(self, step: str, text: str) -> Iterator[str]:
        """The lines that ``text`` completes."""
        *whole, rest = (self._parts[step] + text).replace("\r\n", "\n").split("\n")
        self._parts[step] = rest
        for line in whole:
            yield _last_state(line)

    def flush(self, step: str) -> Iterator[str]:
        """The line that was begun and not completed, if there is one."""
        rest = self._parts.pop(step, "")
        if rest:
            yield _last_state(rest)


def _last_state(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]
