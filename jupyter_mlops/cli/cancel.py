"""``cancel``: stop a run from outside."""

from __future__ import annotations

import time

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.past import find_run

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.2


@click.command("cancel", cls=Command)
@run_argument
@json_option
@click.pass_context
def command(ctx: click.Context, run_name: str, as_json: bool) -> None:
    """Stop a run.

    Its kernels and containers end, and it is recorded as cancelled. A run that has ended already
    is left as it is. Waits for the end; exits with 1 if it does not come within a minute.

    \b
    Example:
      jupyter mlops cancel latest
    """
    from jupyter_mlops.runner import cancel_run

    installation: Installation = ctx.obj
    store = installation.open_store()
    run = cancel_run(store, run_name)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while run.state == "running" and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        run = find_run(store, run.run)
    if as_json:
        write_json(run)
    else:
        click.echo(f"run {run.run}: {run.state}")
    ctx.exit(1 if run.state == "running" else 0)
