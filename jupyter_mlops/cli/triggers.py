"""Options that say what a schedule waits for, if not for a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from jupyter_mlops.model.trigger import Trigger

F = TypeVar("F", bound=Callable[..., Any])

NOTHING_GIVEN = (
    "Give one of --cron, --every and --at, or of --after, --alias, --file and --webhook."
)


def trigger_options(function: F) -> F:
    """What a schedule may wait for; `chosen_trigger` takes the options out again."""
    options = (
        click.option(
            "--after", metavar="NAME|NB",
            help="Each time a run of this schedule or notebook has succeeded.",
        ),
        click.option("--alias", metavar="ALIAS", help="Each time this alias is moved."),
        click.option(
            "--file", metavar="PATTERN",
            help="Each time a file with new content has landed there: a path or a URL, with *.",
        ),
        click.option(
            "--settle", metavar="TIME", help="A file counts once it has not changed for it [5s]."
        ),
        click.option(
            "--poll", metavar="TIME", help="Between two looks for files [10s; 1m at a URL]."
        ),
        click.option(
            "--webhook", type=click.Choice(["json", "github", "alertmanager"]),
            help="Each time it is posted to /hooks/NAME of `service --listen`, in this form.",
        ),
        click.option(
            "--secret", metavar="NAME", help="Name of the secret by which a sender is known."
        ),
        click.option(
            "--rate", type=click.IntRange(1, 10_000), metavar="N",
            help="The most that is taken in a minute [60].",
        ),
        click.option(
            "--map", metavar="NAME=PATH", multiple=True,
            help="Take a parameter from what happened, such as data=$.digest; may be repeated.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def chosen_trigger(given: dict[str, Any], before: Trigger | None = None) -> Trigger | None:
    """The trigger that is given, ``before`` with what else is given, or None if nothing is."""
    from jupyter_mlops.scheduling.triggers import FITTING, OPTIONS, TRIGGERS, with_option

    sources = {key: given.pop(key) for key in TRIGGERS}
    options = {key: given.pop(key) for key in OPTIONS}
    options = {key: value for key, value in options.items() if value not in (None, ())}
    trigger = before
    for key, source in sources.items():
        if source is not None:
            trigger = TRIGGERS[key](source)
    if trigger is before and not options:
        return None
    fitting = FITTING[trigger.kind] if trigger else set()
    stray = sorted(options.keys() - fitting, key=OPTIONS.__getitem__)
    if trigger is None or stray:
        names = ", ".join(f"--{option}" for option in stray)
        raise click.UsageError(f"{names}: what the schedule waits for has no such thing")
    if before is not None and before.kind == trigger.kind:
        trigger = replace(before, source=trigger.source)
    elif before is not None:
        trigger = replace(trigger, parameters=before.parameters)
    for option, value in options.items():
        value = dict(map(_pair, value)) if option == "map" else value
        trigger = with_option(trigger, option, value)
    return trigger


def _pair(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not (name and equals):
        raise click.UsageError(f"--map {text}: write it as NAME=PATH, such as data=$.digest")
    return name, path
