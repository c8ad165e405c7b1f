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
    from jupyter_mlops.model.alert import USUAL

    address = _address(given)
    if not address:
        raise click.UsageError("Give one of --webhook, --command and --github.")
    if given["on"] is None:
        given["on"] = ",".join(USUAL["hook"])
    answer(new(installation, name, given, **address), as_json)


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
    answer(changed(installation, "hook", name, given, **_address(given)), as_json)


def _address(given: dict[str, Any]) -> dict[str, Any]:
    """Way and address, and what else only hooks have; takes it out of ``given``."""
    from jupyter_mlops.model.alert import EVENT_TYPE

    found = [(way, given.pop(way)) for way in _WAYS]
    chosen = [(way, to) for way, to in found if to is not None]
    if len(chosen) > 1:
        raise click.UsageError("--webhook, --command and --github contradict each other")
    address: dict[str, Any] = {"way": chosen[0][0], "to": chosen[0][1]} if chosen else {}
    secret, event_type, checks = (given.pop(name) for name in ("secret", "event_type", "checks"))
    if address.get("way") == "command":
        address["secret"] = ""  # that of a webhook before it
    address |= {} if secret is None else {"secret": secret}
    address |= {} if not checks else {"checks": checks}
    is_github = bool(chosen) and chosen[0][0] == "github"
    if event_type is not None or is_github:
        address["event_type"] = event_type or EVENT_TYPE
    return address


add_commands(command, "hook")
