"""``check``: what is wrong with a notebook, without running anything."""

from __future__ import annotations

from pathlib import Path

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.flow import print_flow


@click.command("check", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def command(ctx: click.Context, notebook: Path, as_json: bool) -> None:
    """Say what is wrong with a notebook and what flows between its steps, without running it.

    Exits with 1 if there is an error; warnings alone exit with 0.

    \b
    Example:
      jupyter mlops check analysis.ipynb
    """
    from jupyter_mlops.compiler import analyse_notebook
    from jupyter_mlops.notebook import read_notebook

    analysis = analyse_notebook(read_notebook(notebook))
    diagnostics = analysis.diagnostics
    errors = sum(d.severity == "error" for d in diagnostics)
    if as_json:
        write_json({"notebook": str(notebook), "diagnostics": diagnostics, "flow": analysis.flow})
    else:
        print_flow(analysis.flow)
        for diagnostic in diagnostics:
            click.echo(diagnostic)
        click.echo(f"{notebook}: {_count(errors, 'error')}, {_warnings(len(diagnostics), errors)}")
    ctx.exit(1 if errors else 0)


def _warnings(found: int, errors: int) -> str:
    return _count(found - errors, "warning")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
