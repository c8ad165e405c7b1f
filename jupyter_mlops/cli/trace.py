"""``trace``: where a file comes from, and what was made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns
from jupyter_mlops.installation import Installation
from jupyter_mlops.lineage import Catalog

if TYPE_CHECKING:
    from jupyter_mlops.model.trace import Trace

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("trace", cls=Command)
@click.argument("asked", metavar="FILE|DIGEST|RUN")
@click.option("--up", is_flag=True, help="Only what it was made of.")
@click.option("--down", is_flag=True, help="Only what was made of it.")
@click.option("--depth", metavar="N", type=click.IntRange(min=1), help="Go only N steps far.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), default=200, show_default=True,
    help="The most steps in each direction.",
)  # fmt: skip
@click.option("--svg", metavar="FILE", type=_FILE, help="Draw the graph into this file.")
@click.option("--html", metavar="FILE", type=_FILE, help="Write all of it as one page.")
@json_option
@click.pass_obj
def command(
    installation: Installation,
    asked: str,
    up: bool,
    down: bool,
    depth: int | None,
    limit: int,
    svg: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Show where a file comes from and what was made of it, across runs.

    FILE is any file that a run made or read: a model, a table, a figure, a notebook. It is known by
    its bytes alone, whatever its name is now. DIGEST may be the beginning of one.

    \b
    Example:
      jupyter mlops trace model.pkl
      jupyter mlops trace 9f86d081 --up --html model.html
    """
    both = up == down
    with Catalog(installation.store) as catalog:
        found = catalog.trace(asked, up=both or up, down=both or down, depth=depth, limit=limit)
    if svg is not None or html is not None:
        from jupyter_mlops.lineage.tracepage import trace_drawing, trace_page

        for path, text in ((svg, trace_drawing), (html, trace_page)):
            if path is not None:
                path.write_text(text(found), encoding="utf-8")
    if as_json:
        write_json(found)
    else:
        _print(found)


def _print(trace: Trace) -> None:
    from jupyter_mlops.lineage.tracetext import certificate

    for line in columns(list(certificate(trace))):
        click.echo(line)
    if trace.birth is not None and trace.birth.cell is not None:
        click.echo()
        for text in trace.birth.cell.source.splitlines():
            click.echo(f"    {text}")
    for title, side in (("upstream", -1), ("steps", 0), ("downstream", 1)):
        rows = _rows(trace, side)
        if rows:
            click.echo("\n" + click.style(title, bold=True))
            for line in columns(rows):
                click.echo(line)
    if trace.cut:
        click.echo("\nthere is more: raise --limit or --depth")


def _rows(trace: Trace, side: int) -> list[tuple[str, ...]]:
    """A line for each execution on that side, the nearest first, with what it took and left."""
    from jupyter_mlops.lineage.tracepage import bundles

    labels = {a.digest: b.label for b in bundles(trace) for a in b.artifacts}
    steps = [s for s in trace.steps if (s.distance > 0) - (s.distance < 0) == side]
    rows: list[tuple[str, ...]] = []
    for step in sorted(steps, key=lambda step: step.started, reverse=side < 0):
        took = {labels[edge.source] for edge in trace.edges if edge.target == step.execution}
        left = {labels[edge.target] for edge in trace.edges if edge.source == step.execution}
        received = ", ".join(sorted(took)) or "nothing"
        rows.append((step.execution, f"← {received}", f"→ {', '.join(sorted(left))}"))
    return rows
