"""``runs``: the runs on record."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns, labels_text, local_text, span_text
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.label import Labels
from jupyter_mlops.model.run import RunState, StepState
from jupyter_mlops.runner.past import mark_lost_runs

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run


@click.command("runs", cls=Command)
@click.option("--notebook", type=click.Path(path_type=Path), help="Only runs of this notebook.")
@click.option("--state", type=click.Choice(get_args(RunState)), help="Only runs in this state.")
@click.option("--tag", help="Only runs with this tag.")
@click.option(
    "-n", "--limit", default=20, show_default=True, type=click.IntRange(1), help="How many."
)
@json_option
@click.pass_obj
def command(
    installation: Installation,
    notebook: Path | None,
    state: RunState | None,
    tag: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the runs, newest first.

    \b
    Example:
      jupyter mlops runs --state failed -n 5
      jupyter mlops runs --tag baseline
    """
    path = None if notebook is None else str(notebook.resolve())
    store = installation.open_store()
    mark_lost_runs(store)
    runs = store.catalog.list_runs(notebook=path, state=state, tag=tag, limit=limit)
    labels = store.catalog.labels.of_runs(run.run for run in runs)
    if as_json:
        write_json([{**to_json(r), **to_json(labels.get(r.run, Labels()))} for r in runs])
    elif not runs:
        click.echo("no runs")
    else:
        head = ("run", "state", "started", "duration", "steps", "notebook", "labels")
        rows = [(*_row(run), labels_text(labels.get(run.run, Labels()))) for run in runs]
        width = len(head) if labels else len(head) - 1
        for line in columns([row[:width] for row in (head, *rows)]):
            click.echo(line)


def _row(run: Run) -> tuple[str, ...]:
    counted = Counter(report.state for report in run.steps)
    steps = ", ".join(f"{counted[s]} {s}" for s in get_args(StepState) if counted[s])
    return (
        run.run,
        run.state,
        local_text(run.started),
        span_text(run.started, run.ended),
        steps,
        run.notebook,
    )
