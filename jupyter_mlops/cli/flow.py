"""A data flow as a table: what each step reads and from where, and what it writes."""

from __future__ import annotations

import sys

import click

from jupyter_mlops.cli.text import columns
from jupyter_mlops.model.dataflow import DataFlow, NameRead, StepFlow

_PLAIN = frozenset({"bound", "created", "written", "may be written"})
_MADE = frozenset({"bound", "may be bound", "created"})


def print_flow(flow: DataFlow) -> None:
    """Print the table: on a terminal fitted to its width, else one line a step."""
    if not flow.steps:
        return
    head, *rows = flow_rows(flow)
    if not sys.stdout.isatty():
        for line in columns([head, *rows]):
            click.echo(line)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in head:
        table.add_column(heading, overflow="fold", no_wrap=heading == "step")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def flow_rows(flow: DataFlow) -> list[tuple[str, ...]]:
    """The table's head, and a row for each step."""
    possible = flow.basis == "possible"
    return [
        ("step", "reads", "writes"),
        *(
            (s.step, _reads(s), _writes(s, everything=s.everything and possible))
            for s in flow.steps
        ),
    ]


def _reads(step: StepFlow) -> str:
    """``X, y ← split; lr ← parameters; data/x.csv``."""
    origins: dict[str, list[str]] = {}
    for read in step.reads:
        origin = ", ".join([*read.sources, *([read.outside] if read.outside else [])])
        origins.setdefault(origin, []).append(_read(read))
    for file in step.files_read:
        origins.setdefault(", ".join(file.sources), []).append(file.path)
    parts = ["everything"] if step.everything else []
    parts += (
        f"{', '.join(names)} ← {origin}" if origin else ", ".join(names)
        for origin, names in origins.items()
    )
    return "; ".join(parts) or "-"


def _read(read: NameRead) -> str:
    return f"{read.name} (not read)" if read.use == "not read" else read.name


def _writes(step: StepFlow, *, everything: bool) -> str:
    """``model; df (changed); out.csv; 2 not carried``."""
    effects: dict[str, list[str]] = {}
    local = 0
    for write in step.writes:
        if write.carried or write.effect not in _MADE:
            effects.setdefault(write.effect, []).append(write.name)
        else:
            local += 1
    for file in step.files_written:
        effects.setdefault(file.effect, []).append(file.path)
    parts = ["everything"] if everything else []
    parts += (
        ", ".join(names if effect in _PLAIN else [f"{name} ({effect})" for name in names])
        for effect, names in effects.items()
    )
    return "; ".join([*parts, *([f"{local} not carried"] if local else [])]) or "-"
