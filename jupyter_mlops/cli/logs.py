"""``logs``: what the steps of a run wrote."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import click

from jupyter_mlops.cli.command import Command
from jupyter_mlops.cli.progress import Lines, output_text
from jupyter_mlops.cli.runname import run_argument
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.past import find_run, find_step
from jupyter_mlops.runner.steplog import StepLog

POLL_SECONDS = 0.3


@click.command("logs", cls=Command)
@run_argument
@click.argument("step", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on until the run ends.")
@click.option("--json", "as_json", is_flag=True, help="Print the events, one JSON object a line.")
@click.pass_obj
def command(
    installation: Installation, run_name: str, step: str | None, follow: bool, as_json: bool
) -> None:
    """Print what the steps of a run wrote.

    Without STEP, every line stands behind the name of its step.

    \b
    Example:
      jupyter mlops logs latest train -f
    """
    store = installation.open_store()
    run = find_run(store, run_name)
    names = [report.step for report in run.steps] if step is None else [find_step(run, step).step]
    logs = [StepLog(store, run.run, name) for name in names]
    width = 0 if step else max(map(len, names), default=0)
    lines = Lines()
    while True:
        for log in logs:
            report = find_step(run, log.step)
            for event in log.news(report):
                if as_json:
                    click.echo(json.dumps(event))
                else:
                    _print(log.step, _texts(lines, log.step, event), width)
        if not follow or run.state != "running":
            break
        time.sleep(POLL_SECONDS)
        run = find_run(store, run.run)
    for name in names:
        _print(name, lines.flush(name), width)


def _texts(lines: Lines, step: str, event: dict[str, Any]) -> Iterator[str]:
    if event["event"] == "output":
        yield from lines.feed(step, output_text(event))
    elif event["event"] == "cell-failed":
        yield from lines.flush(step)
        yield from (event["error"].get("traceback") or event["error"]["message"]).splitlines()


def _print(step: str, texts: Iterator[str], width: int) -> None:
    for text in texts:
        click.echo(f"{step:{width}} | {text}" if width else text)
