"""What ``sweep`` and ``backfill`` share: options, and the way from a sweep to its table."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jupyter_mlops.cli.command import json_option, write_json
from jupyter_mlops.cli.options import chosen_environment, request_options
from jupyter_mlops.cli.parameters import read_parameters
from jupyter_mlops.cli.written import refuse_existing, write_text
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.signals import cancelled_by_signals

if TYPE_CHECKING:
    from jupyter_mlops.model.sweep import Combination, Sweep, SweepReport
    from jupyter_mlops.runner import RunRequest

F = TypeVar("F", bound=Callable[..., Any])


def driving_options(function: F) -> F:
    """How the combinations are run and where their table goes."""
    options = (
        click.option(
            "--parallel", type=click.IntRange(1), default=os.cpu_count() or 1, metavar="N",
            help="The most runs that go on at once (default: one a processor).",
        ),
        click.option("--keep-going", is_flag=True, help="Begin further runs after one has failed."),
        click.option(
            "--secrets", "secrets_file", metavar="FILE", type=click.Path(path_type=Path),
            help="File with a line NAME=value for each secret that a step asks for.",
        ),
        html_option, force_option, json_option,
    )  # fmt: skip
    return _with(function, options)


def asking_options(function: F) -> F:
    """What to run: swept values and what all combinations have in common."""
    options = (
        click.option(
            "--sweep", "swept", multiple=True, metavar="NAME=VALUE,…",
            help="Values of a parameter; may be repeated: each value with each.",
        ),
        click.option(
            "--sweep-file", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
            help="CSV, JSON, TOML or YAML file with a combination a row.",
        ),
        request_options("Where steps run"),
        click.option("--hermetic", is_flag=True, help="Every step without network, as for `run`."),
    )  # fmt: skip
    return _with(function, options)


html_option = click.option(
    "--html", metavar="FILE", type=click.Path(path_type=Path),
    help="Also write the table as a page for the browser.",
)  # fmt: skip
force_option = click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")


def _with(function: F, options: Iterable[Callable[[F], F]]) -> F:
    for option in reversed(list(options)):
        function = option(function)
    return function


def request_of(notebook: Path, given: dict[str, Any]) -> RunRequest:
    """What all combinations have in common; takes its options out of ``given``."""
    from jupyter_mlops.runner import RunRequest

    file = given.pop("parameter_file")
    return RunRequest(
        notebook=notebook,
        text_parameters=dict(given.pop("given")),
        file_parameters=read_parameters(file) if file else {},
        engine=given.pop("engine"),
        environment=chosen_environment(given.pop("environment")),
        hermetic=given.pop("hermetic"),
    )


def drive(
    ctx: click.Context,
    sweep: Sweep,
    *,
    parallel: int,
    keep_going: bool,
    secrets_file: Path | None,
    html: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Run what is missing of a sweep, answer with its table, and end the command."""
    from jupyter_mlops.cli.sweeptext import combination_line
    from jupyter_mlops.sweeping.drive import run_sweep

    installation: Installation = ctx.obj
    if html is not None and not force:
        refuse_existing(html)
    cancel, total = threading.Event(), len(sweep.combinations)

    def say(text: str) -> None:
        click.echo(text, err=as_json)

    def on_end(one: Combination) -> None:
        say(combination_line(one, total))

    say(f"sweep {sweep.name}: {total} combinations, {parallel} at once")
    with cancelled_by_signals(cancel, say) as signals:
        report = run_sweep(
            sweep,
            store=installation.open_store(),
            settings=installation.settings(),
            parallel=parallel,
            keep_going=keep_going,
            secrets_file=secrets_file,
            on_end=on_end,
            cancel=cancel,
        )
    say("")
    answer(report, html=html, force=force, as_json=as_json)
    if signals:
        ctx.exit(128 + signals[0])
    ctx.exit(0 if report.state == "succeeded" else 1)


def answer(report: SweepReport, *, html: Path | None, force: bool, as_json: bool) -> None:
    """Print the table, and write its page if that is asked for."""
    from jupyter_mlops.cli.sweeptext import sweep_lines
    from jupyter_mlops.sweeping.page import sweep_page

    if html is not None:
        write_text(html, sweep_page(report), force=force)
    if as_json:
        write_json(report)
        return
    click.echo("\n".join(sweep_lines(report)))
    if html is not None:
        click.echo(f"written to {html}")
