"""``restore``: the working folder of a run as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.cli.text import counted
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.reproduction import Restored


@click.command("restore", cls=Command)
@run_argument
@click.option(
    "-o", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path),
    help="Where to lay it out: a folder that does not exist or is empty.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Move a folder that is not empty out of the way.")
@json_option
@click.pass_context
def command(ctx: click.Context, run_name: str, folder: Path, force: bool, as_json: bool) -> None:
    """Lay out the working folder of a run as it was.

    The notebook and the files that its steps read, at the paths that they had; lock and parameters
    in the hidden folder `.jupyter_mlops`. Exits with 1 if a file is not in the store any more.

    \b
    Example:
      jupyter mlops restore 20261124 -o ./as-it-was
    """
    from jupyter_mlops.lineage.restore import restore_run

    installation: Installation = ctx.obj
    found = restore_run(installation.open_store(), run_name, folder, force=force)
    if as_json:
        write_json(found)
    else:
        for line in _lines(found):
            click.echo(line)
        for sentence in found.missing:
            click.echo(f"{click.style('missing:', fg='red', bold=True)} {sentence}", err=True)
    ctx.exit(1 if found.missing else 0)


def _lines(found: Restored) -> Iterator[str]:
    files = counted(len(found.files), "file")
    yield f"run {found.run} is laid out in {found.folder}: the notebook, {files}"
    if found.kept:
        yield f"what stood there is in {found.kept}"
    if found.empty:
        yield f"only listed, so they hold nothing: {', '.join(found.empty)}"
    if found.outside:
        yield f"not kept, read where it lies: {', '.join(found.outside)}"
    yield f"run it again: {join(found.command)}"
