"""``hook``: programs that are called after a run succeeded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from jupyter_mlops.cli.command import Command, json_option
from jupyter_mlops.cli.told import add_commands, answer, asked_options, changed, new
from jupyter_mlops.installation import Installation

F = TypeVar("F", bound=Callable[..., Any])

_WAYS = ("webhook", "command", "github")


@click.group("hook")
def command() -> None:
    """Call a program after a run succeeded and its checks passed.

    It gets the run, its metrics and the digests of its artifacts as JSON. `jupyter mlops service`
    calls it.
    """


def hook_options(function: F) -> F:
    """The ways in which a program is called."""
    options = (
        click.option("--webhook", metavar="URL", help="POST to it, signed with --secret."),
        click.option("--command", metavar="COMMAND", help="Run it, with JSON on stdin; no shell."),
        click.option(
            "--github", metavar="OWNER/NAME", help="Dispatch an event to the repository; --secret."
        ),
        click.option(
            "--secret", metavar="SECRET",
            help="Key of the signature, or GitHub's token: better env:NAME or file:PATH.",
        ),
        click.option("--event-type", metavar="TYPE", help="Of the dispatch [jupyter-mlops]."),
        click.option(
            "--if", "checks", multiple=True, metavar="CONDITION",
            help="Only if a metric fulfils it, such as accuracy>=0.9; may be repeated.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@command.command("add", cls=Command)
@click.argument("name")
@hook_options
@asked_options("success")
@json_option
@click.pass_obj
def add(installation: Installation, /, name: str, as_json: bool, **given: Any) -> None:
    """Call a program after runs.

    \b
    Example:
      jupyter mlops hook add deploy --webhook https://ci.example.com/model --secret env:CI_KEY \\
        --schedule nightly --if "accuracy>=0.9"
      jupyter mlops hook add release --github acme/models --secret env:GITHUB_TOKEN
      jupyter mlops hook add copy --command "/usr/local/bin/copy-model --now"
    """
    asked = _asked(given)
    if asked["way"] is None:
        raise click.UsageError("Give one of --webhook, --command and --github.")
    answer(new(installation, name, asked), as_json)


@command.command("edit", cls=Command)
@click.argument("name")
@hook_options
@asked_options("as it is")
@json_option
@click.pass_obj
def edit(installation: Installation, /, name: str, as_json: bool, **given: Any) -> None:
    """Change what is given of a hook, and leave the rest.

    \b
    Example:
      jupyter mlops hook edit deploy --if "accuracy>=0.95"
    """
    answer(changed(installation, "hook", name, _asked(given)), as_json)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """What is given, with the chosen way and its address in place of the options of all ways."""
    chosen = [(way, given[way]) for way in _WAYS if given[way] is not None]
    if len(chosen) > 1:
        raise click.UsageError("--webhook, --command and --github contradict each other")
    way, to = chosen[0] if chosen else (None, None)
    rest = {name: value for name, value in given.items() if name not in _WAYS}
    return {**rest, "way": way, "to": to, "checks": given["checks"] or None}


add_commands(command, "hook")
