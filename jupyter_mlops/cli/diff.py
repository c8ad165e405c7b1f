"""``diff``: what differs between two runs, and what it caused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.runname import RunName
from jupyter_mlops.cli.text import coloured, columns, local_text
from jupyter_mlops.cli.written import write_text
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.comparison import Cause, Comparison, Consequence, TableDiff
    from jupyter_mlops.model.run import Run

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command("diff", cls=Command)
@click.argument("run_a", metavar="RUN_A", type=RunName())
@click.argument("run_b", metavar="RUN_B", type=RunName())
@click.option(
    "--html", metavar="FILE", type=click.Path(path_type=Path),
    help="Also write a page for the browser.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@json_option
@click.pass_obj
def command(
    installation: Installation,
    run_a: str,
    run_b: str,
    html: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Show what differs between two runs, and what it caused.

    First what run B was given otherwise than run A, the first one in step order first: code, data,
    parameters, seeds, packages, engine, host. Then, step by step, what it gave otherwise, with the
    numbers of the causes that reached the step. Runs may be of different notebooks.

    \b
    Example:
      jupyter mlops diff 20260201-1200 latest
      jupyter mlops diff 20260201-1200 latest --html diff.html
    """
    from jupyter_mlops.lineage.compare import compare_runs
    from jupyter_mlops.runner.past import find_run

    store = installation.open_store()
    a, b = (find_run(store, name) for name in (run_a, run_b))
    found = compare_runs(store, a, b)
    if html is not None:
        from jupyter_mlops.lineage.diffpage import diff_page

        write_text(html, diff_page(store, a, b, found), force=force)
    if as_json:
        write_json(found)
        return
    for line in _lines(a, b, found):
        click.echo(line)
    if html is not None:
        click.echo(f"\nwritten to {html}")


def _lines(a: Run, b: Run, found: Comparison) -> Iterator[str]:
    heads = [
        (letter, run.run, run.state, local_text(run.started), f"{run.user}@{run.host}")
        for letter, run in (("a", a), ("b", b))
    ]
    for line, run in zip(columns(heads), (a, b), strict=True):
        yield line.replace(f"  {run.state}  ", f"  {coloured(run.state)}  ", 1)
    yield ""
    yield click.style("what they were given", bold=True)
    if not found.causes:
        yield "  the same, as far as it is on record"
    for cause in found.causes:
        yield from _cause_lines(cause)
    yield ""
    yield click.style("what came of it", bold=True)
    if not found.effects:
        yield "  the same"
    for step in found.steps:
        effects = [effect for effect in found.effects if effect.step == step.step]
        if effects:
            yield f"  {step.step}  because of {', '.join(map(str, step.causes))}"
        for effect in effects:
            yield from _effect_lines(effect)
    same = [step.step for step in found.steps if step.same_execution]
    if same:
        yield f"\none execution in both runs: {', '.join(same)}"


def _cause_lines(cause: Cause) -> Iterator[str]:
    steps = ", ".join(cause.steps) or "no step received it"
    yield f"{cause.number:>3}  {cause.text}  {click.style(f'({steps})', dim=True)}"
    yield from _detail_lines(cause.diff, cause.table)


def _effect_lines(effect: Consequence) -> Iterator[str]:
    yield f"     {effect.text}"
    yield from _detail_lines(effect.diff, effect.table)


def _detail_lines(diff: str, table: TableDiff | None) -> Iterator[str]:
    from jupyter_mlops.lineage.tables import describe_diff

    for line in diff.splitlines():
        yield "       " + click.style(line, fg=_COLOURS.get(line[:1]))
    if table is not None:
        for line in describe_diff(table):
            yield f"       {line}"
