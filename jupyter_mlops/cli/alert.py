"""``alert``: who gets a message when runs fail, are late, or are well again."""

from __future__ import annotations

from typing import Any

import click

from jupyter_mlops.cli.command import Command, json_option
from jupyter_mlops.cli.told import add_commands, answer, asked_options, changed, new
from jupyter_mlops.installation import Installation


@click.group("alert")
def command() -> None:
    """Send people a message when runs fail, are late, or are well again.

    `jupyter mlops service` sends it.
    """


to_option = click.option(
    "--to",
    metavar="URL",
    help="Apprise's URL of mail, Slack, Teams …; better env:NAME or file:PATH, where it is kept.",
)


@command.command("add", cls=Command)
@click.argument("name")
@to_option
@asked_options("failure,recovery")
@json_option
@click.pass_obj
def add(
    installation: Installation, /, name: str, to: str | None, as_json: bool, **given: Any
) -> None:
    """Tell somebody of runs.

    Nothing is saved unless the URL is of a kind that is known. It is kept in a file of the store
    that only its owner reads, unless it is given as env:NAME or file:PATH.

    \b
    Example:
      jupyter mlops alert add ops --to env:OPS_MAIL --on failure,recovery,lateness
      jupyter mlops alert add team --to env:SLACK --on "metric:accuracy<0.9" --schedule nightly
    """
    if to is None:
        raise click.UsageError("Give --to.")
    answer(new(installation, name, {**given, "way": "message", "to": to}), as_json)


@command.command("edit", cls=Command)
@click.argument("name")
@to_option
@asked_options("as it is")
@json_option
@click.pass_obj
def edit(
    installation: Installation, /, name: str, to: str | None, as_json: bool, **given: Any
) -> None:
    """Change what is given of an alert, and leave the rest.

    \b
    Example:
      jupyter mlops alert edit ops --on failure,recovery --repeat 12h
    """
    answer(changed(installation, "alert", name, {**given, "to": to}), as_json)


add_commands(command, "alert")
