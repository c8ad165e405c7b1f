"""``verify``: whether the pipeline gives what the notebook gives, cell by cell."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from jupyter_mlops.cli.cancellable import cancellable
from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.options import chosen_environment, request_options
from jupyter_mlops.cli.parameters import read_parameters
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.verify import CellVerdict, Verification

_COLOURS = {"same": "green", "differs": "red", "refused": "red"}


@click.command("verify", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@request_options("Where both run")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    notebook: Path,
    given: tuple[tuple[str, str], ...],
    parameter_file: Path | None,
    engine: Literal["auto", "docker", "local"],
    environment: str | None,
    as_json: bool,
) -> None:
    """Compare a notebook's pipeline with the notebook run in one kernel, cell by cell.

    Exits with 0 if no cell differs or is refused, 1 if one does, 2 if nothing could be run. Cells
    that differ between two runs in one kernel are shown as not deterministic and are no failure.

    \b
    Example:
      jupyter mlops verify analysis.ipynb -p n_trees 10
    """
    from jupyter_mlops.runner import RunRequest
    from jupyter_mlops.verify import verify_notebook

    installation: Installation = ctx.obj
    request = RunRequest(
        notebook=notebook,
        text_parameters=dict(given),
        file_parameters=read_parameters(parameter_file) if parameter_file else {},
        engine=engine,
        environment=chosen_environment(environment),
    )
    with cancellable() as (progress, cancel):
        found = verify_notebook(
            request,
            store=installation.open_store(),
            settings=installation.settings(),
            on_event=progress.on_event,
            cancel=cancel,
        )
    if as_json:
        write_json(found)
    else:
        sys.stdout.flush()
        click.echo("\n".join(_lines(found)))
    ctx.exit(0 if found.same else 1)


def _lines(found: Verification) -> Iterator[str]:
    yield f"{found.notebook} in one kernel, and as run {found.run} ({found.engine} engine)"
    for cell in found.cells:
        yield from _cell_lines(cell)
    counts = Counter(cell.state for cell in found.cells)
    yield ", ".join(f"{number} {state}" for state, number in counts.items())


def _cell_lines(cell: CellVerdict) -> Iterator[str]:
    state = click.style(cell.state, fg=_COLOURS.get(cell.state, "yellow"))
    where = f"cell {cell.cell}" + (f" ({cell.step})" if cell.step else " (shared)")
    yield f"{where}: {state}" + (f": {cell.why}" if cell.why else "")
    for line in cell.diff.splitlines():
        yield f"    {line}"
