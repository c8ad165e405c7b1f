"""``open``: a step with what it received, to debug it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import RunName
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.reproduction import OpenedStep, SavedBack


@click.command("open", cls=Command)
@click.argument("run_name", metavar="RUN", type=RunName(), required=False)
@click.argument("step", required=False)
@click.option(
    "-o", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="Where to lay it out (default: RUN-STEP here); with --save-back, where it is.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["auto", "docker", "local"]), default="auto",
    help="Where its kernel runs (default: where the step ran, else local).",
)  # fmt: skip
@click.option(
    "--save-back", is_flag=True,
    help="Put the mended cells of an opened step back into its source notebook.",
)  # fmt: skip
@json_option
@click.pass_obj
def command(
    installation: Installation,
    run_name: str | None,
    step: str | None,
    folder: Path | None,
    engine: str,
    save_back: bool,
    as_json: bool,
) -> None:
    """Open a step of a run with all that it received, to debug it.

    Makes a folder with a notebook of the step's cells, its variables and files, and a kernel of its
    packages; if the step ran in a container, the kernel runs in one of the same image. Your
    notebook is left alone until you put mended cells back with --save-back, from that folder; then
    `run --resume` goes on from there.

    \b
    Example:
      jupyter mlops open latest train -o debug
      jupyter mlops open --save-back -o debug
      jupyter mlops run --resume latest
    """
    if save_back:
        from jupyter_mlops.lineage.saveback import save_back as put_back

        if run_name is not None:
            raise click.UsageError("--save-back takes the folder of the opened step alone, with -o")
        saved = put_back((folder or Path()).absolute())
        _answer(saved, _saved_lines(saved), as_json=as_json)
        return
    if run_name is None or step is None:
        raise click.UsageError("Missing arguments 'RUN' and 'STEP' (or --save-back).")
    from jupyter_mlops.lineage.debug import open_step

    opened = open_step(
        installation.open_store(),
        run_name,
        step,
        folder,
        settings=installation.settings(),
        engine=engine,
        on_line=_show,
    )
    _answer(opened, _opened_lines(opened), as_json=as_json)


def _show(line: str) -> None:
    """What is being made; details, which are indented, are left out."""
    if not line.startswith(" "):
        click.echo(f"environment | {line}", err=True)


def _answer(value: OpenedStep | SavedBack, lines: Iterator[str], *, as_json: bool) -> None:
    if as_json:
        write_json(value)
        return
    for line in lines:
        click.echo(line)


def _opened_lines(opened: OpenedStep) -> Iterator[str]:
    yield f"step {opened.step} of run {opened.run} is opened in {opened.folder}"
    yield f"its kernel runs {'in a container' if opened.engine == 'docker' else 'on this machine'}"
    yield from (f"note: {note}" for note in opened.notes)
    yield f"open it: {join(opened.command)}"
    yield f"put mended cells back: jupyter mlops open --save-back -o {join([opened.folder])}"


def _saved_lines(saved: SavedBack) -> Iterator[str]:
    for cell in saved.cells:
        yield click.style(f"cell {cell.cell} of {saved.notebook}", bold=True)
        yield from cell.diff.splitlines()[2:]
    for sentence in saved.left_out:
        yield f"not taken: {sentence}"
    if saved.cells:
        yield f"go on from there: jupyter mlops run --resume {saved.run}"
    else:
        yield "no cell was mended: the source notebook is as it was"
