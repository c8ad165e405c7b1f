"""``note``: a text on a run or an artifact."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import target_argument
from jupyter_mlops.installation import Installation


@click.command("note", cls=Command)
@target_argument
@click.argument("text")
@json_option
@click.pass_obj
def command(installation: Installation, target: str, text: str, as_json: bool) -> None:
    """Put a note on a run or an artifact; it replaces an earlier one, an empty one removes it.

    TARGET is RUN, RUN:STEP, RUN:STEP:ARTIFACT, an alias or a digest. What has a note is kept by
    `gc`.

    \b
    Example:
      jupyter mlops note latest "the one in the paper"
    """
    from jupyter_mlops.lineage.label import note

    change = note(installation.open_store(), target, text)
    if as_json:
        write_json(change)
        return
    assert change.target is not None
    click.echo(f"{'no note' if change.removed else 'note'} on {change.target.text}")
