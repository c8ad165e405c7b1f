"""``sweep``: a notebook with many combinations of parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jupyter_mlops.cli.command import Command, GroupWithDefault, json_option, write_json
from jupyter_mlops.cli.sweeps import (
    answer,
    asking_options,
    drive,
    driving_options,
    force_option,
    html_option,
    request_of,
)
from jupyter_mlops.installation import Installation


@click.group("sweep", cls=GroupWithDefault, default="run")
def command() -> None:
    """Run a notebook with many combinations of parameters, and compare what comes of them.

    `jupyter mlops sweep NB` is `jupyter mlops sweep run NB`.
    """


@command.command("run", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@asking_options
@driving_options
@click.pass_context
def run(
    ctx: click.Context,
    /,
    notebook: Path,
    swept: tuple[str, ...],
    files: tuple[Path, ...],
    **given: Any,
) -> None:
    """Run a notebook with each combination of swept values.

    All of them run the notebook as it is saved now. Values are typed and checked before the first
    run begins; steps that are equal in several combinations run once. Exits with 0 if every
    combination succeeded.

    \b
    Example:
      jupyter mlops sweep train.ipynb --sweep lr=0.1,0.01 --sweep depth=3,5 --html table.html
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.sweeping.define import define_sweep
    from jupyter_mlops.sweeping.table import read_option, read_table

    tables = [*map(read_table, files), *map(read_option, swept)]
    if not tables:
        raise click.UsageError("Give --sweep or --sweep-file.")
    store = ctx.obj.open_store()
    drive(ctx, define_sweep(store, request_of(notebook, given), tables, now()), **given)


@command.command("resume", cls=Command)
@click.argument("name", metavar="SWEEP")
@driving_options
@click.pass_context
def resume(ctx: click.Context, /, name: str, **given: Any) -> None:
    """Run what has not succeeded of a sweep or a backfill, with the notebook of its beginning.

    \b
    Example:
      jupyter mlops sweep resume latest --keep-going
    """
    from jupyter_mlops.sweeping.book import find_sweep

    drive(ctx, find_sweep(ctx.obj.open_store(), name).sweep, **given)


@command.command("cancel", cls=Command)
@click.argument("name", metavar="SWEEP")
@json_option
@click.pass_obj
def cancel(installation: Installation, name: str, as_json: bool) -> None:
    """End a sweep that runs elsewhere on this machine, and the runs of it.

    
    Example:
      jupyter mlops sweep cancel latest
    """
    from jupyter_mlops.sweeping.cancel import cancel_sweep

    answer(cancel_sweep(installation.open_store(), name), html=None, force=False, as_json=as_json)


@command.command("list", cls=Command)
@click.option("--notebook", type=click.Path(path_type=Path), help="Only those of this notebook.")
@click.option(
    "-n", "--limit", default=20, show_default=True, type=click.IntRange(1), help="How many."
)
@json_option
@click.pass_obj
def list_(installation: Installation, notebook: Path | None, limit: int, as_json: bool) -> None:
    """List sweeps and backfills, newest first.

    \b
    Example:
      jupyter mlops sweep list --notebook train.ipynb
    """
    from jupyter_mlops.cli.sweeptext import sweeps_table
    from jupyter_mlops.sweeping.book import list_sweeps

    path = None if notebook is None else str(notebook.absolute())
    found = list_sweeps(installation.open_store(), notebook=path, limit=limit)
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(sweeps_table(found)))


@command.command("show", cls=Command)
@click.argument("name", metavar="SWEEP")
@html_option
@force_option
@json_option
@click.pass_obj
def show(
    installation: Installation, name: str, html: Path | None, force: bool, as_json: bool
) -> None:
    """Show the table of a sweep: what varies, and what came of it.

    \b
    Example:
      jupyter mlops sweep show latest --html table.html
    """
    from jupyter_mlops.sweeping.book import find_sweep

    report = find_sweep(installation.open_store(), name)
    answer(report, html=html, force=force, as_json=as_json)
