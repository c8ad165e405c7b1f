"""``schedule replay``: the last payload of a webhook once more."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.installation import Installation


@click.command("replay", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def command(installation: Installation, name: str, as_json: bool) -> None:
    """Give a schedule a tick of the last payload that was posted to it.

    It is mapped to parameters as the schedule says now.

    \b
    Example:
      jupyter mlops schedule replay deploy
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.hooks import replay

    tick = replay(installation.open_store(), name, now())
    if as_json:
        write_json(tick)
    else:
        click.echo(f"schedule {name}: {tick.state}, {tick.cause}")
