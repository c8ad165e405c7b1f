"""``compile``: a self-contained pipeline folder."""

from __future__ import annotations

from pathlib import Path

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.flow import print_flow
from jupyter_mlops.cli.options import chosen_environment, environment_option
from jupyter_mlops.installation import Installation


@click.command("compile", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="DIR", required=True, type=click.Path(path_type=Path),
    help="Folder to write the pipeline to.",
)  # fmt: skip
@click.option("--no-lock", is_flag=True, help="Leave the lock of the environment out.")
@environment_option
@json_option
@click.pass_obj
def command(
    installation: Installation,
    notebook: Path,
    output: Path,
    no_lock: bool,
    environment: str | None,
    as_json: bool,
) -> None:
    """Write the steps as papermill notebooks.

    The folder holds pipeline.json, one notebook a step under stages/, the lock of the environment,
    and a README from the notebook's own text. Equal notebooks give equal bytes.

    \b
    Example:
      jupyter mlops compile analysis.ipynb -o pipeline/
    """
    from jupyter_mlops.bundle import bundle_notebook

    bundled = bundle_notebook(
        notebook,
        folder=output,
        installation=installation,
        environment=chosen_environment(environment),
        lock=not no_lock,
    )
    compiled = bundled.compiled
    for warning in bundled.warnings:
        click.echo(f"warning: {warning}", err=True)
    steps = [step.name for step in compiled.pipeline.steps]
    if as_json:
        write_json(
            {
                "pipeline": compiled.digest,
                "folder": str(output.absolute()),
                "steps": steps,
                "diagnostics": compiled.diagnostics,
                "flow": compiled.flow,
            }
        )
        return
    for diagnostic in compiled.diagnostics:
        click.echo(diagnostic, err=True)
    print_flow(compiled.flow)
    click.echo(f"{len(steps)} steps ({', '.join(steps)}) written to {output}")
