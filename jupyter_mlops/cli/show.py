"""``show``: one run with its steps."""

from __future__ import annotations

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.flow import print_flow
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.cli.runtext import failure_lines, label_lines, run_json, run_lines
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.label import Labels
from jupyter_mlops.runner.past import find_run


@click.command("show", cls=Command)
@run_argument
@click.option("--flow", "with_flow", is_flag=True, help="Also show what flowed between the steps.")
@json_option
@click.pass_obj
def command(installation: Installation, run_name: str, with_flow: bool, as_json: bool) -> None:
    """Show a run and its steps.

    Gives state, duration, key and metrics of each step, and where its executed notebook is.

    RUN is a run's name, a unique beginning of it, an alias, or `latest`.

    \b
    Example:
      jupyter mlops show latest
      jupyter mlops show latest --flow
    """
    store = installation.open_store()
    run = find_run(store, run_name)
    digests = (item.digest for report in run.steps for item in report.outputs if item.digest)
    labels = store.catalog.labels.on(run.run, digests)
    if as_json:
        plain = store.catalog.labels.of_runs([run.run]).get(run.run, Labels())
        write_json({**run_json(run), **to_json(plain), "labels": to_json(labels)})
        return
    for line in [*run_lines(run), *label_lines(labels), *failure_lines(run)]:
        click.echo(line)
    if with_flow:
        from jupyter_mlops.store import observed_flow

        click.echo("\n" + click.style("observed data flow", bold=True))
        print_flow(observed_flow(run))
