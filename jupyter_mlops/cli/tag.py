"""``tag``: tags on runs and artifacts."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import target_argument
from jupyter_mlops.installation import Installation


@click.command("tag", cls=Command)
@target_argument
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Remove the tags instead.")
@json_option
@click.pass_obj
def command(
    installation: Installation, target: str, names: tuple[str, ...], remove: bool, as_json: bool
) -> None:
    """Put tags on a run or an artifact, or remove them.

    TARGET is RUN, RUN:STEP, RUN:STEP:ARTIFACT, an alias or a digest. What is tagged is kept by
    `gc`.

    \b
    Example:
      jupyter mlops tag latest baseline reviewed
      jupyter mlops tag latest baseline --remove
    """
    from jupyter_mlops.lineage.label import tag

    changes = tag(installation.open_store(), target, *names, remove=remove)
    if as_json:
        write_json(changes)
        return
    for change in changes:
        assert change.target is not None
        done = "removed from" if remove else "on"
        click.echo(f"tag {change.name} {done} {change.target.text}")
