"""``show``: one run with its steps."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.installation import Installation
from jupyter_mlops.cli.past import find_run
from jupyter_mlops.cli.report import failure_lines, run_lines
from jupyter_mlops.cli.runname import run_argument


@click.command("show", cls=Command)
@run_argument
@json_option
@click.pass_obj
def command(installation: Installation, run_name: str, as_json: bool) -> None:
    """Show a run and its steps.

    Gives state, duration, key and metrics of each step, and where its executed notebook is.

    RUN is a run's name, a unique beginning of it, or `latest`.

    \b
    Example:
      jupyter mlops show latest
    """
    run = find_run(installation.open_store(), run_name)
    if as_json:
        write_json(run)
        return
    for line in [*run_lines(run), *failure_lines(run)]:
        click.echo(line)
