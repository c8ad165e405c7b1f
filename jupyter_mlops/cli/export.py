"""``export``: runs as one portable file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import counted, megabytes_text
from jupyter_mlops.installation import Installation
from jupyter_mlops.lineage import Catalog
from jupyter_mlops.model.crate import Absent


@click.command("export", cls=Command)
@click.argument("asked", metavar="RUN|NB")
@click.option(
    "-o", "--output", metavar="FILE", required=True,
    type=click.Path(dir_okay=False, path_type=Path), help="The file to write, such as run.zip.",
)  # fmt: skip
@click.option(
    "--last", metavar="N", type=click.IntRange(min=1), help="Of NB's runs only the newest N."
)
@click.option("--images", is_flag=True, help="Take along the images that steps ran in.")
@json_option
@click.pass_obj
def command(
    installation: Installation,
    asked: str,
    output: Path,
    last: int | None,
    images: bool,
    as_json: bool,
) -> None:
    """Write a run, or all runs of a notebook, to one file that others can import.

    The file is a zip and a Workflow Run RO-Crate. It holds records, notebooks, variables, files,
    locks and logs, and says what it does not hold.

    \b
    Example:
      jupyter mlops export latest -o run.zip
      jupyter mlops export analysis.ipynb --last 5 -o analysis.zip
      jupyter mlops export latest --images -o offline.zip
    """
    with Catalog(installation.store) as catalog:
        done = catalog.export(asked, output, last=last, images=images)
    if as_json:
        write_json(done)
        return
    size = megabytes_text(done.size)
    found = f"{counted(len(done.runs), 'run')}, {counted(done.objects, 'object')}"
    click.echo(f"{done.file}: {found}, {size}")
    print_absent(done.absent)


def print_absent(absent: Iterable[Absent]) -> None:
    """What a file does not hold, a line each."""
    for item in absent:
        click.echo(f"not in the file: {item.kind} {item.name}: {item.why}")
