"""Progress on a terminal: a table of steps that lives below what they write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jupyter_mlops.cli.progress import ENDED, Lines, Progress
from jupyter_mlops.cli.text import COLOURS, seconds_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_GLYPHS = {
    "pending": "·",
    "running": "▶",
    "succeeded": "✓",
    "reused": "↻",
    "failed": "✗",
    "skipped": "–",
    "cancelled": "■",
}


@dataclass(slots=True, kw_only=True)
class _Row:
    state: str = "pending"
    why: str = ""
    cell: int | None = None
    last_line: str = ""
    spent: float | None = None


class LiveProgress(Progress):
    """The steps as a table that is redrawn in place; their output is streamed above it.

    Args:
        console: where to draw; stdout if it is not given.
        clock: seconds, from any beginning.
    """

    def __init__(
        self, console: Console | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(clock)
        from rich.console import Console
        from rich.live import Live

        self._rows: dict[str, _Row] = {}
        self._lines = Lines()
        self._console = console or Console()
        self._live = Live(
            console=self._console, get_renderable=self.table, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show_step(self, step: str, state: str, why: str) -> None:
        """The step's row changes; what it had begun to write is completed."""
        row = self._row(step)
        row.state, row.why = state, why
        if state in ENDED:
            row.spent = self.seconds(step)
            self._write(step, self._lines.flush(step))

    def show_cell(self, step: str, cell: int) -> None:
        """The step's row names the running cell."""
        self._row(step).cell = cell

    def show_output(self, step: str, text: str) -> None:
        """Completed lines go above the table, the last one also into the step's row."""
        self._write(step, self._lines.feed(step, text))

    def show_environment(self, line: str) -> None:
        """The line goes above the table."""
        from rich.text import Text

        self._console.print(Text(f"environment | {line}", style="dim"), soft_wrap=True)

    def show_notice(self, notice: str) -> None:
        """The notice stands above the table."""
        from rich.text import Text

        self._console.print(Text(notice, style="yellow"))

    def _row(self, step: str) -> _Row:
        return self._rows.setdefault(step, _Row())

    def _write(self, step: str, lines: Iterable[str]) -> None:
        from rich.text import Text

        for line in lines:
            text = Text.from_ansi(line)
            if text.plain.strip():
                self._row(step).last_line = text.plain.strip()
            self._console.print(Text.assemble((f"{step} | ", "dim"), text), soft_wrap=True)

    def table(self) -> Table:
        """The table as it stands now."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for heading, justify in (("step", "left"), ("state", "left"), ("time", "right")):
            table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
        table.add_column("", no_wrap=True, overflow="ellipsis", ratio=1)
        # Drawn under rich's lock, under which on_event prints: taking its lock here could deadlock.
        for step, row in tuple(self._rows.items()):
            spent = row.spent if row.state in ENDED else self.seconds(step)
            table.add_row(
                Text(step),
                Text(f"{_GLYPHS[row.state]} {row.state}", style=COLOURS.get(row.state, "")),
                "" if spent is None else seconds_text(spent),
                Text(_remark(row), style="dim"),
            )
        return table


def _remark(row: _Row) -> str:
    if row.state != "running" or row.cell is None:
        return row.why
    return f"cell {row.cell}  {row.last_line}".rstrip()
