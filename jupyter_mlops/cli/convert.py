"""``convert``: an old notebook into a job, with what of its stored outputs it gives."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.legacy.scan import ScanWish
    from jupyter_mlops.model.conversion import Conversion


@click.command("convert", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path), required=False)
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), required=True,
    metavar="DIR", help="A new folder for the job.",
)  # fmt: skip
@click.option(
    "--engine",
    type=click.Choice(["auto", "docker", "local"]),
    default="auto",
    show_default=True,
    help="Where the job is proven.",
)
@click.option("--timeout", default=900.0, show_default=True, help="Seconds for mending, in all.")
@click.option(
    "--cell-timeout", default=300.0, show_default=True, help="Seconds that one cell may take."
)
@click.option("--no-steps", is_flag=True, help="Keep all cells in one step.")
@click.option(
    "--refuse", multiple=True, metavar="CHANGE",
    help="A change that is not made: RULE, RULE:CELL, or all.",
)  # fmt: skip
@click.option(
    "--accept", multiple=True, metavar="CHANGE",
    help="A change that is made although a wider --refuse names it.",
)  # fmt: skip
@click.option(
    "--allow-network", is_flag=True,
    help="Let the notebook use the network; the files that it reads there are kept in the job.",
)  # fmt: skip
@click.option("--no-lift", is_flag=True, help="Lift no literals into a parameters cell.")
@click.option(
    "--scan", "scanned", type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER", help="Convert all notebooks of a folder; what is done is not done again.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N",
    help="With --scan: how many at the same time (default: one for each processor).",
)  # fmt: skip
@click.option("--again", is_flag=True, help="With --scan: try again what was refused.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    notebook: Path | None,
    folder: Path,
    engine: Literal["auto", "docker", "local"],
    timeout: float,
    cell_timeout: float,
    no_steps: bool,
    refuse: tuple[str, ...],
    accept: tuple[str, ...],
    allow_network: bool,
    no_lift: bool,
    scanned: Path | None,
    jobs: int | None,
    again: bool,
    as_json: bool,
) -> None:
    """Turn an old notebook into a job, and prove what of its stored outputs it gives.

    Reads any notebook format from 2 on, Python 2 and 3. The notebook itself is only read. DIR gets
    the tagged notebook, a locked requirements.txt, the files that it reads, and a report of every
    change and every cell. Exits with 0 if it was converted, 1 if not, 2 if it is no notebook.

    \b
    Example:
      jupyter mlops convert old/analysis.ipynb -o analysis-job
      jupyter mlops convert old/analysis.ipynb -o analysis-job --refuse order --refuse lift-path:3
      jupyter mlops convert --scan old -o jobs --jobs 4
    """
    if (notebook is None) == (scanned is None):
        raise click.UsageError("give either NOTEBOOK or --scan FOLDER")
    from jupyter_mlops.legacy.choice import choice_of
    from jupyter_mlops.legacy.convert import RULES, Wish, convert_notebook
    from jupyter_mlops.legacy.tags import PARAMETERS

    installation: Installation = ctx.obj
    choice = choice_of(accept, (*refuse, *([PARAMETERS] if no_lift else ())), RULES)
    if scanned is not None:
        from jupyter_mlops.legacy.scan import ScanWish

        wish = ScanWish(
            folder=scanned,
            output=folder,
            jobs=jobs or len(os.sched_getaffinity(0)),
            again=again,
            engine=engine,
            timeout=timeout,
            cell_timeout=cell_timeout,
            steps=not no_steps,
            choice=choice,
            network=allow_network,
            store=installation.store,
        )
        ctx.exit(_scan(wish, as_json))
    if jobs is not None or again:
        raise click.UsageError("--jobs and --again go with --scan")
    assert notebook is not None
    found = convert_notebook(
        Wish(
            notebook=notebook,
            folder=folder,
            engine=engine,
            timeout=timeout,
            cell_timeout=cell_timeout,
            steps=not no_steps,
            choice=choice,
            network=allow_network,
        ),
        store=installation.name_store(),
        settings=installation.settings(),
        on_line=lambda line: click.echo(line, err=True),
    )
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(_lines(found, folder)))
    ctx.exit(0 if found.state == "converted" else 1)


def _scan(wish: ScanWish, as_json: bool) -> int:
    """The exit code of a scan."""
    from jupyter_mlops.cli.scanning import scan_lines, shown_scan
    from jupyter_mlops.legacy.report import PAGE
    from jupyter_mlops.legacy.scan import scan
    from jupyter_mlops.runner.signals import cancelled_by_signals

    cancel = threading.Event()
    with shown_scan() as progress, cancelled_by_signals(cancel, progress.say) as signals:
        found = scan(wish, on_begin=progress.begin, on_done=progress.advance, cancel=cancel)
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(scan_lines(found, str(wish.output / PAGE))))
    if found.state == "stopped" and signals:
        return 128 + signals[0]
    return 0 if found.converted == found.total else 1


def _lines(found: Conversion, folder: Path) -> Iterator[str]:
    colour = "green" if found.state == "converted" else "red"
    yield f"{found.old}: {click.style(found.state, fg=colour)}"
    if found.cause:
        yield f"  {found.cause}"
    score = found.oracle
    yield f"  {score.equal_l2} of {score.text_outputs} stored texts equal, " + (
        f"{score.equal_images} of {score.images} images alike"
    )
    levels = Counter(cell.level for cell in found.cells)
    yield "  cells: " + ", ".join(f"{number} {level}" for level, number in sorted(levels.items()))
    if found.environment is not None:
        yield f"  environment: {found.environment.name} ({found.environment.source})"
    for rule, number in Counter(patch.rule for patch in found.patches).items():
        yield f"  changed by rule {rule}: {number}"
    if found.steps:
        yield f"  steps: {', '.join(found.steps)}"
    yield f"  report: {folder / 'report.html'}"
    yield f"  next: {found.next}"
