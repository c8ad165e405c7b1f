"""``import``: runs of a file that somebody exported."""

from __future__ import annotations

from pathlib import Path

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.export import print_absent
from jupyter_mlops.installation import Installation
from jupyter_mlops.lineage import Catalog


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def command(installation: Installation, file: Path, as_json: bool) -> None:
    """Take in the runs of a file that `export` wrote.

    All of it is verified first; a file with anything wrong in it leaves the store as it was.
    Nothing in it is run. What is here already is left as it is.

    \b
    Example:
      jupyter mlops import run.zip
      jupyter mlops --store elsewhere import run.zip
    """
    with Catalog(installation.store) as catalog:
        done = catalog.import_(file)
    if as_json:
        write_json(done)
        return
    for name in done.runs:
        click.echo(f"imported: {name}")
    for name in done.known:
        click.echo(f"here already: {name}")
    for image in done.images:
        click.echo(f"given to the Docker engine: image {image}")
    print_absent(done.absent)
