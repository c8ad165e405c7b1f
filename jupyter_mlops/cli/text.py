"""How values look on a terminal: durations, digests, aligned columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click

from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.label import Labels

SHORT = 12

COLOURS = {
    "succeeded": "green",
    "reused": "cyan",
    "running": "yellow",
    "failed": "red",
    "cancelled": "magenta",
    "lost": "red",
}


def seconds_text(seconds: float) -> str:
    """``0.4 s``, ``2 min 05 s`` or ``1 h 02 min``."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def span_text(started: str | None, ended: str | None) -> str:
    """The time between two ISO 8601 times, or ``-`` if one of them is not known."""
    if started is None or ended is None:
        return "-"
    seconds = (_time(ended) - _time(started)).total_seconds()
    return seconds_text(max(0.0, seconds))  # an earlier clock may have been put back


def local_text(time: str) -> str:
    """An ISO 8601 time as the reader's clock shows it, to the second."""
    return _time(time).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def digest_text(digest: str | None) -> str:
    """The first digits of a digest, or ``-``."""
    return "-" if digest is None else digest.removeprefix(PREFIX)[:SHORT]


def value_text(value: Any) -> str:
    """A metric or parameter value in few characters."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Each row as one line, cells aligned to the left, two spaces between them."""
    rows = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def coloured(state: str) -> str:
    """A state in its colour."""
    return click.style(state, fg=COLOURS.get(state))


def labels_text(labels: Labels) -> str:
    """Aliases, tags and the first line of the note, in one line."""
    first = labels.note.partition("\n")[0]
    return ", ".join([*labels.aliases, *(f"#{tag}" for tag in labels.tags), *filter(None, [first])])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def megabytes_text(size: int) -> str:
    """A number of bytes in MB."""
    return f"{size / 1e6:.0f} MB"
