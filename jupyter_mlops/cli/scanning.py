"""A scan of old notebooks on a terminal: a bar while it goes on, a table at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from jupyter_mlops.cli.text import columns, seconds_text

if TYPE_CHECKING:
    from rich.progress import Progress

    from jupyter_mlops.model.scan import Scan, Scanned


class ScanProgress:
    """Shows on stderr how far a scan is.

    Args:
        bar: a rich one; None for one line a notebook.
    """

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task: Any = None

    def begin(self, total: int, done: int) -> None:
        """So many notebooks there are, of which so many were done before."""
        if self._bar is not None:
            self._task = self._bar.add_task("notebooks", total=total, completed=done)
        else:
            click.echo(f"{total} notebooks, {done} of them done before", err=True)

    def advance(self, row: Scanned) -> None:
        """One more is done."""
        line = f"{row.path}: {row.state} in {seconds_text(row.seconds)}"
        if self._bar is not None:
            from rich.text import Text

            self._bar.console.print(Text(line, style="dim"), soft_wrap=True)
            self._bar.advance(self._task)
        else:
            click.echo(line, err=True)

    def say(self, line: str) -> None:
        """Show a line."""
        click.echo(line, err=True)


@contextmanager
def shown_scan() -> Iterator[ScanProgress]:
    """A bar on a terminal, else lines."""
    if not sys.stderr.isatty():
        yield ScanProgress(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        yield ScanProgress(bar)


def scan_lines(found: Scan, report: str) -> Iterator[str]:
    """The table, and what it adds up to."""
    head = ("notebook", "runs today", "converts", "equal", "cause")
    yield from columns([head, *map(_row, found.notebooks)])
    yield (
        f"{found.total} notebooks: {found.runs_today} run today as they stand, "
        f"{found.converted} converted"
    )
    if found.state != "done":
        yield f"{len(found.notebooks)} of {found.total} are done; the same command goes on"
    yield f"report: {report}"


def _row(row: Scanned) -> tuple[str, ...]:
    score = row.oracle
    today = "" if row.today is None else "yes" if row.today.runs else "no"
    equal = f"{score.equal_l2 + score.equal_images}/{score.text_outputs + score.images}"
    return row.path, today, row.state, equal, row.cause
