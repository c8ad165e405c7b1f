"""``notebook``: the executed notebook of a step."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.executed import executed_path, read_executed
from jupyter_mlops.runner.past import find_step

if TYPE_CHECKING:
    from jupyter_mlops.model.run import StepReport
    from jupyter_mlops.store import Store


@click.command("notebook", cls=Command)
@run_argument
@click.argument("step")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
    help="Write a copy to this file, or into this folder.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@json_option
@click.pass_obj
def command(
    installation: Installation,
    run_name: str,
    step: str,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Print or export a step's executed notebook.

    \b
    Example:
      jupyter lab "$(jupyter mlops notebook latest train)"
      jupyter mlops notebook latest train -o train.ipynb
    """
    store = installation.open_store()
    run = store.catalog.find_run(run_name)
    report = find_step(run, step)
    path = executed_path(run, report)
    if output is not None:
        target = output / path.name if output.is_dir() else output
        _export(store, report, path, target, force=force)
        path = target.absolute()
    elif not path.exists():
        raise MlopsError(
            f"{path} is gone", fix=f"`jupyter mlops notebook {run.run} {step} -o FILE` restores it"
        )
    if as_json:
        write_json({"run": run.run, "step": step, "notebook": str(path)})
    else:
        click.echo(path)


def _export(store: Store, report: StepReport, path: Path, target: Path, *, force: bool) -> None:
    """Copy the executed notebook from the run's folder, else from its recorded object."""
    if target.exists() and not force:
        raise MlopsError(f"{target} exists", fix="choose another file, or add --force")
    if path.exists():
        if not (target.exists() and target.samefile(path)):
            shutil.copyfile(path, target)
        return
    target.write_bytes(read_executed(store, report, path))
