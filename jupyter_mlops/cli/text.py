"""How values look on a terminal: durations, digests, aligned columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from jupyter_mlops.model.identity import short
from jupyter_mlops.model.label import Labels
from jupyter_mlops.model.times import local_text as local_text
from jupyter_mlops.model.times import seconds_text as seconds_text
from jupyter_mlops.model.times import span_text as span_text

COLOURS = {
    "succeeded": "green",
    "reused": "cyan",
    "running": "yellow",
    "failed": "red",
    "cancelled": "magenta",
    "lost": "red",
}


def digest_text(digest: str | None) -> str:
    """The first digits of a digest, or ``-``."""
    return "-" if digest is None else short(digest)


def value_text(value: Any) -> str:
    """A metric or parameter value in few characters."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def counted(number: int, what: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


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


def megabytes_text(size: int) -> str:
    """A number of bytes in MB."""
    return f"{size / 1e6:.0f} MB"
