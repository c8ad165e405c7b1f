"""Progress as plain lines, for logs and pipes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

import click

from jupyter_mlops.cli.progress import ENDED, Lines, Progress
from jupyter_mlops.cli.text import coloured, seconds_text

_STATE_WIDTH = max(map(len, ENDED))


class PlainProgress(Progress):
    """One line for each step that ends, and one for each line that a step writes.

    Args:
        err: write to stderr, so that stdout has nothing but the answer.
        clock: seconds, from any beginning.
    """

    def __init__(self, *, err: bool, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(clock)
        self._err = err
        self._lines = Lines()
        self._width = 0

    def show_step(self, step: str, state: str, why: str) -> None:
        """A line when the step has ended, after what it wrote."""
        self._width = max(self._width, len(step))
        if state not in ENDED:
            return
        self._write(step, self._lines.flush(step))
        seconds = self.seconds(step)
        spent = "-" if seconds is None else seconds_text(seconds)
        padding = " " * (_STATE_WIDTH - len(state))
        line = f"{step:{self._width}}  {coloured(state)}{padding}  {spent:>8}  {why}"
        click.echo(line.rstrip(), err=self._err)

    def show_cell(self, step: str, cell: int) -> None:
        """Nothing: what the cell writes and how the step ends are enough for a log."""

    def show_output(self, step: str, text: str) -> None:
        """Each completed line behind the step's name."""
        self._write(step, self._lines.feed(step, text))

    def show_environment(self, line: str) -> None:
        """The line behind the word environment; details, which are indented, are left out."""
        if not line.startswith(" "):
            click.echo(f"environment | {line}", err=self._err)

    def show_notice(self, notice: str) -> None:
        """The notice as a line of its own."""
        click.echo(notice, err=self._err)

    def _write(self, step: str, lines: Iterable[str]) -> None:
        for line in lines:
            click.echo(f"{step:{self._width}} | {line}", err=self._err)
