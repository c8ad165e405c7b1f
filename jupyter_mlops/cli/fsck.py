"""``fsck``: whether the store is sound."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.installation import Installation


@click.command("fsck", cls=Command)
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check every object and every reference of the store, and change nothing.

    Names each problem with its fix; the exit code is 1 if there is one.

    \b
    Example:
      jupyter mlops fsck
    """
    from jupyter_mlops.store import examine_store

    installation: Installation = ctx.obj
    checked = examine_store(installation.name_store())
    if as_json:
        write_json(checked)
    else:
        for problem in checked.problems:
            click.echo(problem)
        found = f"{checked.objects} objects, {checked.runs} runs, {checked.executions} executions"
        number = len(checked.problems)
        verdict = "sound" if not number else f"{number} problem{'s' * (number > 1)}"
        click.echo(f"{found}: {verdict}")
    ctx.exit(1 if checked.problems else 0)
