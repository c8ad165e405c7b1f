"""``fsck``: whether the store is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.store import Checked


@click.command("fsck", cls=Command)
@click.option("--repair", is_flag=True, help="Repair what can be repaired without any loss.")
@json_option
@click.pass_context
def command(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Check every object and every reference of the store, and change nothing.

    Names each problem with its fix; the exit code is 1 if there is one. With `--repair` damaged
    objects are moved aside, lost bytes are looked for and put back, and catalog and records brought
    to agreement; what is wrong afterwards is listed.

    \b
    Example:
      jupyter mlops fsck
      jupyter mlops fsck --repair
    """
    from jupyter_mlops.store import examine_store

    installation: Installation = ctx.obj
    store = installation.name_store()
    if repair:
        from jupyter_mlops.lineage.repair import repair_store

        repaired = repair_store(store)
        checked = repaired.left
        if not as_json:
            for done in repaired.repairs:
                click.echo(f"repaired: {done.kind}: {done.what}\n    {done.how}")
    else:
        checked = examine_store(store)
    if as_json:
        write_json(repaired if repair else checked)
    else:
        _print(checked)
    ctx.exit(1 if checked.problems else 0)


def _print(checked: Checked) -> None:
    for problem in checked.problems:
        click.echo(problem)
    found = f"{checked.objects} objects, {checked.runs} runs, {checked.executions} executions"
    number = len(checked.problems)
    verdict = "sound" if not number else f"{number} problem{'s' * (number > 1)}"
    click.echo(f"{found}: {verdict}")
