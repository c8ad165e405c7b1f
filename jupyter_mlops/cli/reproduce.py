"""``reproduce``: run a recorded run again and say whether it gives the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.cancellable import cancellable
from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.reproduction import ReproducedItem, Reproduction

_COLOURS = {"identical": "green", "equal": "green", "not deterministic": "yellow", "differs": "red"}
_EXIT = {"identical": 0, "equal": 0, "differs": 1, "not deterministic": 3}


@click.command("reproduce", cls=Command)
@run_argument
@click.option("--step", metavar="STEP", help="Only this step, with what it received then.")
@click.option(
    "--engine", type=click.Choice(["docker", "local"]),
    help="Where to run it (default: where it ran).",
)  # fmt: skip
@click.option(
    "--secrets", "secrets_file", metavar="FILE", type=click.Path(path_type=Path),
    help="File with a line NAME=value for each secret that a step asks for.",
)  # fmt: skip
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    run_name: str,
    step: str | None,
    engine: str | None,
    secrets_file: Path | None,
    as_json: bool,
) -> None:
    """Run a recorded run again, and say whether it gives the same.

    Only what is on record is used: the notebook, the files that were read, the parameters and the
    environment of then. If something differs, it is run once more to tell what is not
    deterministic. The new runs are recorded; your folders are left alone.

    Exits with 0 if all is identical or equal within the tolerance, 1 if something differs, 3 if
    something is not deterministic and nothing else differs, 4 if the run cannot be made again.

    \b
    Example:
      jupyter mlops reproduce latest
      jupyter mlops reproduce 20261124 --step train
    """
    from jupyter_mlops.lineage.reproduce import reproduce_run

    installation: Installation = ctx.obj
    with cancellable() as (progress, cancel):
        found = reproduce_run(
            installation.open_store(),
            run_name,
            settings=installation.settings(),
            step=step,
            engine=engine,
            secrets_file=secrets_file,
            on_event=progress.on_event,
            cancel=cancel,
        )
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(["", *_lines(found)]))
    ctx.exit(_EXIT[found.verdict])


def _lines(found: Reproduction) -> Iterator[str]:
    for item in found.items:
        if item.verdict not in ("identical", "equal"):
            yield from _item(item)
    counts: Counter[str] = Counter(item.verdict for item in found.items)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _COLOURS if counts[verdict])
    yield f"{click.style(found.verdict, fg=_COLOURS[found.verdict], bold=True)}: {told}"
    yield from (f"note: {note}" for note in found.notes)
    yield f"run {found.run} again, on the {found.engine} engine, as {', '.join(found.again)}"


def _item(item: ReproducedItem) -> Iterator[str]:
    name = f"{item.kind} {item.name}" if item.kind != "step" else "the step itself"
    verdict = click.style(item.verdict, fg=_COLOURS[item.verdict])
    yield f"{item.step}: {name}: {verdict}: {item.why}"
    yield from (f"    {line}" for line in item.diff.splitlines())
