"""``catalog``: the index over the store."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.installation import Installation


@click.group("catalog")
def command() -> None:
    """Look after the index of runs, executions, schedules and alerts."""


@command.command("rebuild", cls=Command)
@json_option
@click.pass_obj
def rebuild(installation: Installation, as_json: bool) -> None:
    """Make the catalog anew from the records among the objects.

    What it held before is kept beside it. Runs of which no end is on record become lost.

    \b
    Example:
      jupyter mlops catalog rebuild
    """
    rebuilt = installation.open_store().rebuild_catalog()
    if as_json:
        write_json(rebuilt)
        return
    more = (("schedules", rebuilt.schedules), ("alerts and hooks", rebuilt.alerts))
    told = "".join(f", {number} {what}" for what, number in more if number)
    click.echo(f"{rebuilt.runs} runs, {rebuilt.executions} executions{told}")
    for name in rebuilt.lost:
        click.echo(f"lost: {name}")
    for name in rebuilt.left_out:
        click.echo(f"left out: {name}")
    if rebuilt.kept is not None:
        click.echo(f"the earlier catalog is kept as {rebuilt.kept}")
