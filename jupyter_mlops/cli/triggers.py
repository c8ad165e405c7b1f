"""Options that say what a schedule waits for, if not for a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from jupyter_mlops.model.trigger import Trigger

F = TypeVar("F", bound=Callable[..., Any])

WATCHED = ("after", "alias", "file")
"""Options of which a schedule has one at most."""


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
            "--map", "mapped", metavar="NAME=PATH", multiple=True,
            help="Take a parameter from what happened, such as data=$.digest; may be repeated.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def chosen_trigger(given: dict[str, Any], before: Trigger | None = None) -> Trigger | None:
    """The trigger that is given, ``before`` with another mapping, or None if none is given."""
    from jupyter_mlops.model.trigger import Trigger
    from jupyter_mlops.scheduling.triggers import file_trigger, upstream_trigger

    after, alias, file = (given.pop(name) for name in WATCHED)
    mapped = given.pop("mapped")
    settle, every = (_seconds(given.pop(name)) for name in ("settle", "poll"))
    parameters = dict(map(_pair, mapped)) if mapped or before is None else before.parameters
    if file is None and before is not None and before.kind == "file" and not (after or alias):
        file = before.source if mapped or settle or every else None
        settle, every = settle or before.settle, every or before.every
    if file is not None:
        return file_trigger(file, parameters, settle=settle, every=every)
    if settle or every:
        raise click.UsageError("--settle and --poll are about files: give --file")
    if after is not None:
        return upstream_trigger(after, parameters)
    if alias is not None:
        return Trigger(kind="alias", source=alias, parameters=parameters)
    if not mapped:
        return None
    if before is None:
        raise click.UsageError("--map takes values from what a schedule waits for: it has a time")
    return replace(before, parameters=parameters)


def _pair(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not (name and equals):
        raise click.UsageError(f"--map {text}: write it as NAME=PATH, such as data=$.digest")
    return name, path


def _seconds(text: str | None) -> float | None:
    from jupyter_mlops.scheduling.timing import read_duration

    return None if text is None else read_duration(text)
