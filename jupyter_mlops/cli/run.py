"""``run``: execute a notebook's steps."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.options import chosen_environment, request_options
from jupyter_mlops.cli.parameters import read_parameters
from jupyter_mlops.cli.progress import Progress
from jupyter_mlops.cli.runname import RunName
from jupyter_mlops.cli.runtext import failure_lines, run_json, run_lines
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.signals import cancelled_by_signals

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run


@click.command("run", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path), required=False)
@request_options("Where steps run")
@click.option("--fresh", is_flag=True, help="Run every step, also where a result could be reused.")
@click.option(
    "--from", "fresh_from", metavar="STEP",
    help="Run this step and every later one, also where a result could be reused.",
)  # fmt: skip
@click.option(
    "--resume", metavar="RUN", type=RunName(),
    help="Go on from the last good step of an earlier run, with its notebook and parameters.",
)  # fmt: skip
@click.option(
    "--secrets", "secrets_file", metavar="FILE", type=click.Path(path_type=Path),
    help="File with a line NAME=value for each secret that a step asks for.",
)  # fmt: skip
@click.option(
    "--hermetic",
    is_flag=True,
    help="Every step without network, and with no reads but those of the project and its data.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    notebook: Path | None,
    given: tuple[tuple[str, str], ...],
    parameter_file: Path | None,
    engine: Literal["auto", "docker", "local"],
    environment: str | None,
    fresh: bool,
    fresh_from: str | None,
    resume: str | None,
    secrets_file: Path | None,
    hermetic: bool,
    as_json: bool,
) -> None:
    """Run a notebook; known results are reused.

    Exits with 0 if every step succeeded or was reused, 1 if one failed, 2 if the run could not
    start. Ctrl-C stops every kernel and container of the run.

    \b
    Example:
      jupyter mlops run analysis.ipynb -p n_trees 500 -p scaler minmax
    """
    from jupyter_mlops.runner import RunRequest, run_pipeline
    from jupyter_mlops.runner.request import REASON

    installation: Installation = ctx.obj
    if resume is not None and fresh:
        raise click.UsageError("--resume and --fresh contradict each other")
    if resume is not None:
        resume = (earlier := installation.open_store().catalog.find_run(resume)).run
        notebook = notebook or Path(earlier.notebook)
    if notebook is None:
        raise click.UsageError("Missing argument 'NOTEBOOK' (or --resume RUN).")
    request = RunRequest(
        notebook=notebook,
        text_parameters=dict(given),
        file_parameters=read_parameters(parameter_file) if parameter_file else {},
        engine=engine,
        environment=chosen_environment(environment),
        fresh=fresh,
        fresh_from=fresh_from,
        resume=resume,
        hermetic=hermetic,
        secrets_file=secrets_file,
        reason=f"resumes {resume}" if resume else REASON,
    )
    cancel = threading.Event()
    with (
        _progress(as_json) as progress,
        cancelled_by_signals(cancel, progress.show_notice) as signals,
    ):
        run = run_pipeline(
            request,
            store=installation.open_store(),
            settings=installation.settings(),
            on_event=progress.on_event,
            cancel=cancel,
        )
    if as_json:
        write_json(run_json(run))
    else:
        click.echo("\n".join(["", *run_lines(run)]))
    for line in failure_lines(run):
        click.echo(line, err=True)
    ctx.exit(_exit_code(run, signals))


def _progress(as_json: bool) -> Progress:
    if sys.stdout.isatty() and not as_json:
        from jupyter_mlops.cli.live import LiveProgress

        return LiveProgress()
    from jupyter_mlops.cli.plain import PlainProgress

    return PlainProgress(err=as_json)


def _exit_code(run: Run, signals: list[int]) -> int:
    if run.state == "succeeded":
        return 0
    return 128 + signals[0] if signals and run.state == "cancelled" else 1
