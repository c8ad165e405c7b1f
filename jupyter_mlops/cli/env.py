"""``env``: what a notebook's steps run in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, GroupWithDefault, json_option, write_json
from jupyter_mlops.cli.options import chosen_environment, environment_option
from jupyter_mlops.cli.runname import RunName
from jupyter_mlops.cli.text import columns, digest_text
from jupyter_mlops.cli.venvs import gc, list_
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.past import find_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlops.environments import Lock
    from jupyter_mlops.environments.compare import PackageDiff
    from jupyter_mlops.model.pipeline import Pipeline
    from jupyter_mlops.model.run import Environment, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an environment has that a run's did not, and the other way round.

    Attributes:
        run: the run's name.
        source: where its packages were taken from.
        python: version of its interpreter.
        packages: from the run's to those of now.
    """

    run: str
    source: str
    python: str
    packages: PackageDiff


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsEnvironment:
    """One environment, and the steps that run in it. Field names don't change.

    Attributes:
        steps: their names, in notebook order.
        source: what the lock was made from.
        python: X.Y of the interpreter.
        lock: digest of the lock, an object of the store.
        packages: distribution → version.
        wheels: file names of packages that no index has.
        warnings: one sentence each.
        diff: the difference to a run, if one was asked for and has such steps.
    """

    steps: tuple[str, ...]
    source: str
    python: str
    lock: str
    packages: Mapping[str, str] = field(default_factory=dict)
    wheels: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    diff: Difference | None = None


@click.group("env", cls=GroupWithDefault, default="show")
def command() -> None:
    """Show, refresh or compare what a notebook's steps run in; list and remove environments.

    
    Example:
      jupyter mlops env analysis.ipynb --diff latest
    """


@command.command("show", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@environment_option
@click.option("--update", is_flag=True, help="Resolve anew what was resolved before.")
@click.option(
    "--diff", "run_name", metavar="RUN", type=RunName(),
    help="Compare with what the steps of an earlier run ran in.",
)  # fmt: skip
@json_option
@click.pass_obj
def show(
    installation: Installation,
    notebook: Path,
    environment: str | None,
    update: bool,
    run_name: str | None,
    as_json: bool,
) -> None:
    """Show, refresh or compare what a notebook's steps run in.

    Says where the packages are taken from, and locks them. Nothing is built or run. `show` may be
    left out.

    \b
    Example:
      jupyter mlops env analysis.ipynb --diff latest
    """
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.environments import choices, lock_for
    from jupyter_mlops.notebook import read_notebook

    pipeline = compile_notebook(read_notebook(notebook)).pipeline
    store = installation.open_store()
    run = find_run(store, run_name) if run_name is not None else None
    locks: dict[str, Lock] = {}
    for choice in choices(pipeline, chosen_environment(environment)):
        lock = lock_for(
            choice.pipeline,
            notebook=notebook.absolute(),
            settings=installation.settings(),
            store_cache=store.cache,
            environment=choice.environment,
            refresh=update,
        )
        locks |= dict.fromkeys(choice.steps, lock)
    for lock in locks.values():
        for data in (lock.text.encode(), *(path.read_bytes() for path in lock.wheels.values())):
            store.objects.put_bytes(data)
    found = tuple(_found(pipeline, locks, run))
    if as_json:
        write_json({"notebook": str(notebook.absolute()), "environments": found})
        return
    for number, one in enumerate(found):
        if number:
            click.echo()
        _show(one, alone=len(found) == 1)


command.add_command(list_)
command.add_command(gc)


def _found(
    pipeline: Pipeline, locks: Mapping[str, Lock], run: Run | None
) -> Iterator[StepsEnvironment]:
    """The environments of the steps; those that differ from the run's in another way apart."""
    recorded = {report.step: report.environment for report in run.steps} if run else {}
    groups: dict[tuple[str, str | None], list[str]] = {}
    for step in pipeline.steps:
        earlier = recorded.get(step.name)
        key = (locks[step.name].digest, earlier.digest if earlier else None)
        groups.setdefault(key, []).append(step.name)
    for steps in groups.values():
        lock, earlier = locks[steps[0]], recorded.get(steps[0])
        yield StepsEnvironment(
            steps=tuple(steps),
            source=lock.source,
            python=lock.python,
            lock=lock.digest,
            packages=lock.packages,
            wheels=tuple(lock.wheels),
            warnings=lock.warnings,
            diff=_difference(run, earlier, lock) if run and earlier else None,
        )


def _difference(run: Run, earlier: Environment, lock: Lock) -> Difference:
    from jupyter_mlops.environments.compare import compare_packages

    return Difference(
        run=run.run,
        source=earlier.source,
        python=earlier.python,
        packages=compare_packages(earlier.packages, lock.packages),
    )


def _show(one: StepsEnvironment, *, alone: bool) -> None:
    if not alone:
        click.echo(f"steps     {', '.join(one.steps)}")
    click.echo(f"source    {one.source}")
    click.echo(f"python    {one.python}")
    click.echo(f"lock      {digest_text(one.lock)}")
    for warning in one.warnings:
        click.echo(f"warning   {warning}")
    click.echo(f"packages  {len(one.packages)}")
    if one.diff is not None:
        _show_difference(one.diff)
        return
    for line in columns(sorted(one.packages.items())):
        click.echo(f"  {line}")


def _show_difference(diff: Difference) -> None:
    from rich.console import Console
    from rich.table import Table

    source = f" from {diff.source}" if diff.source else ""
    click.echo(f"against   run {diff.run}: Python {diff.python}{source}")
    packages = diff.packages
    rows = [(name, "added", "", version, "green") for name, version in packages.added.items()]
    rows += [(name, "removed", version, "", "red") for name, version in packages.removed.items()]
    rows += [(name, "changed", *pair, "yellow") for name, pair in packages.changed.items()]
    if not rows:
        click.echo("the same packages in the same versions")
        return
    table = Table("package", "", "run", "now", box=None, pad_edge=False)
    for *cells, style in sorted(rows):
        table.add_row(*cells, style=style)
    Console(highlight=False, soft_wrap=True).print(table)
