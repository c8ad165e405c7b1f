"""``convert``: an old notebook into a job, with what of its stored outputs it gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.conversion import Conversion


@click.command("convert", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), required=True,
    metavar="DIR", help="A new folder for the job.",
)  # fmt: skip
@click.option(
    "--engine",
    type=click.Choice(["auto", "docker", "local"]),
    default="auto",
    show_default=True,
    help="Where the job is proven.",
)
@click.option("--timeout", default=900.0, show_default=True, help="Seconds for mending, in all.")
@click.option(
    "--cell-timeout", default=300.0, show_default=True, help="Seconds that one cell may take."
)
@click.option("--no-steps", is_flag=True, help="Keep all cells in one step.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    notebook: Path,
    folder: Path,
    engine: Literal["auto", "docker", "local"],
    timeout: float,
    cell_timeout: float,
    no_steps: bool,
    as_json: bool,
) -> None:
    """Turn an old notebook into a job, and prove what of its stored outputs it gives.

    Reads any notebook format from 2 on, Python 2 and 3. The notebook itself is only read. DIR gets
    the tagged notebook, a locked requirements.txt, the files that it reads, and a report of every
    change and every cell. Exits with 0 if it was converted, 1 if not, 2 if it is no notebook.

    \b
    Example:
      jupyter mlops convert old/analysis.ipynb -o analysis-job
    """
    from jupyter_mlops.legacy.convert import Wish, convert_notebook

    installation: Installation = ctx.obj
    found = convert_notebook(
        Wish(
            notebook=notebook,
            folder=folder,
            engine=engine,
            timeout=timeout,
            cell_timeout=cell_timeout,
            steps=not no_steps,
        ),
        store=installation.name_store(),
        settings=installation.settings(),
        on_line=lambda line: click.echo(line, err=True),
    )
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(_lines(found, folder)))
    ctx.exit(0 if found.state == "converted" else 1)


def _lines(found: Conversion, folder: Path) -> Iterator[str]:
    colour = "green" if found.state == "converted" else "red"
    yield f"{found.old}: {click.style(found.state, fg=colour)}"
    if found.cause:
        yield f"  {found.cause}"
    score = found.oracle
    yield f"  {score.equal_l2} of {score.text_outputs} stored texts equal, " + (
        f"{score.equal_images} of {score.images} images alike"
    )
    levels = Counter(cell.level for cell in found.cells)
    yield "  cells: " + ", ".join(f"{number} {level}" for level, number in sorted(levels.items()))
    if found.environment is not None:
        yield f"  environment: {found.environment.name} ({found.environment.source})"
    for rule, number in Counter(patch.rule for patch in found.patches).items():
        yield f"  changed by rule {rule}: {number}"
    if found.steps:
        yield f"  steps: {', '.join(found.steps)}"
    yield f"  report: {folder / 'report.html'}"
    yield f"  next: {found.next}"
