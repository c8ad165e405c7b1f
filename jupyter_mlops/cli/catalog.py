"""``catalog``: the index over the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.installation import Installation
from jupyter_mlops.errors import StoreError

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


@click.group("catalog")
def command() -> None:
    """Look after the index of runs and executions."""


@command.command("rebuild", cls=Command)
@json_option
@click.pass_obj
def rebuild(installation: Installation, as_json: bool) -> None:
    """Make the catalog anew from the records among the objects.

    What it held before is kept beside it. Runs of which no end is on record become lost.

    \b
    Example:
      jupyter mlops catalog rebuild
    """
    store = installation.open_store()
    _refuse_living(store)
    rebuilt = store.rebuild_catalog()
    if as_json:
        write_json(rebuilt)
        return
    click.echo(f"{rebuilt.runs} runs, {rebuilt.executions} executions")
    for name in rebuilt.lost:
        click.echo(f"lost: {name}")
    for name in rebuilt.left_out:
        click.echo(f"left out: {name}")
    if rebuilt.kept is not None:
        click.echo(f"the earlier catalog is kept as {rebuilt.kept}")


def _refuse_living(store: Store) -> None:
    from jupyter_mlops.runner.lifeline import is_alive

    for folder in sorted((store.root / "runs").iterdir()):
        if is_alive(folder):
            raise StoreError(
                f"run {folder.name} is being driven, and writes to the catalog",
                fix=f"wait for its end, or `jupyter mlops cancel {folder.name}`",
            )
