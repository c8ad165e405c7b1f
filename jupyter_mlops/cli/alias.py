"""``alias``: names that move from run to run, such as ``model@production``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, GroupWithDefault, json_option, write_json
from jupyter_mlops.cli.runname import target_argument
from jupyter_mlops.cli.text import columns, local_text
from jupyter_mlops.installation import Installation

expect_option = click.option(
    "--expect", metavar="OLD", help="What it must name before, or `none`; else it is not moved."
)


@click.group("alias", cls=GroupWithDefault, default="set")
def command() -> None:
    """Give runs and artifacts names that can move, such as `model@production`.

    An alias stands wherever a RUN does. What it names is kept by `gc`.

    \b
    Example:
      jupyter mlops alias model@production latest:train:model
      jupyter mlops alias history model@production
    """


@command.command("set", cls=Command)
@click.argument("name")
@target_argument
@expect_option
@json_option
@click.pass_obj
def set_(
    installation: Installation, name: str, target: str, expect: str | None, as_json: bool
) -> None:
    """Let an alias name a run, a step, an artifact or a digest. The word `set` may be left out.

    TARGET is RUN, RUN:STEP, RUN:STEP:ARTIFACT, another alias or a digest.

    \b
    Example:
      jupyter mlops alias model@production latest:train:model --expect model@staging
    """
    from jupyter_mlops.lineage.label import set_alias

    change = set_alias(installation.open_store(), name, target, expect=expect)
    if as_json:
        write_json(change)
        return
    assert change.target is not None
    click.echo(f"{name} is {change.target.text}")


@command.command("list", cls=Command)
@json_option
@click.pass_obj
def list_(installation: Installation, as_json: bool) -> None:
    """List the aliases with what they name, since when and by whom.

    \b
    Example:
      jupyter mlops alias list
    """
    held = installation.open_store().catalog.labels.held("alias")
    if as_json:
        write_json(held)
    elif not held:
        click.echo("no aliases")
    else:
        rows = [
            (change.name, change.target.text, local_text(change.time), change.user)
            for change in held
            if change.target is not None
        ]
        for line in columns([("alias", "names", "since", "by"), *rows]):
            click.echo(line)


@command.command("history", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def history(installation: Installation, name: str, as_json: bool) -> None:
    """Show all that an alias ever named: who moved it, when, from where to where.

    \b
    Example:
      jupyter mlops alias history model@production
    """
    from jupyter_mlops.lineage.label import alias_history

    moves = alias_history(installation.open_store(), name)
    if as_json:
        write_json(moves)
        return
    rows = [
        (local_text(m.time), f"{m.user} on {m.host}", m.old or "-", m.new or "-") for m in moves
    ]
    for line in columns([("when", "who", "from", "to"), *rows]):
        click.echo(line)


@command.command("remove", cls=Command)
@click.argument("name")
@expect_option
@json_option
@click.pass_obj
def remove(installation: Installation, name: str, expect: str | None, as_json: bool) -> None:
    """Remove an alias; its history stays.

    \b
    Example:
      jupyter mlops alias remove model@staging
    """
    from jupyter_mlops.lineage.label import remove_alias

    change = remove_alias(installation.open_store(), name, expect=expect)
    if as_json:
        write_json(change)
    else:
        click.echo(f"alias {name} removed")
