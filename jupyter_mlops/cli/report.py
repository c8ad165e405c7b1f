"""``report``: a run as a page for people."""

from __future__ import annotations

from pathlib import Path

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.cli.written import write_text
from jupyter_mlops.installation import Installation


@click.command("report", cls=Command)
@run_argument
@click.option(
    "-o", "--output", metavar="FILE", required=True, type=click.Path(path_type=Path),
    help="Where to write the page.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@json_option
@click.pass_obj
def command(
    installation: Installation, run_name: str, output: Path, force: bool, as_json: bool
) -> None:
    """Write a run as one page of HTML for a reviewer.

    It needs no kernel, no network and no other file: the question, the graph, results, parameters,
    data, the notebook with its outputs and folded code, lineage, environment, and the commands that
    run it again. Scripts in outputs are left out and cannot run.

    \b
    Example:
      jupyter mlops report latest -o report.html
    """
    from jupyter_mlops.lineage.report import report_page
    from jupyter_mlops.runner.past import find_run

    store = installation.open_store()
    run = find_run(store, run_name)
    write_text(output, report_page(store, run), force=force)
    if as_json:
        write_json({"run": run.run, "report": str(output.absolute())})
    else:
        click.echo(output)
