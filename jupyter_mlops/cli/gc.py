"""``gc``: runs that no rule keeps, and objects that nothing on record refers to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns, counted, megabytes_text
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.retention import Collected


@click.command("gc", cls=Command)
@click.option(
    "--keep-last", metavar="N", type=click.IntRange(1), help="Keep the last N runs of a notebook."
)
@click.option(
    "--keep-days", metavar="D", type=click.IntRange(1), help="Keep the runs of the last D days."
)
@click.option(
    "--rules", "rules_file", metavar="FOLDER|FILE", type=click.Path(path_type=Path),
    help="Take the rules of a file of schedules, for the runs of the notebooks beside it.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Remove it; else it is only shown.")
@click.option("--dry-run", is_flag=True, help="Only show what would go, whatever else is said.")
@json_option
@click.pass_obj
def command(
    installation: Installation,
    keep_last: int | None,
    keep_days: int | None,
    rules_file: Path | None,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show what can go from the store, and why the rest stays; with `--yes` remove it.

    A run stays that one of the rules keeps; without rules (here, or in the settings gc_keep_last
    and gc_keep_days) all stay. Besides, these stay: the last run of each notebook that succeeded,
    runs under way, what has a tag, a note or an alias, and what such runs rest on. Objects go that
    nothing on record refers to.

    \b
    Example:
      jupyter mlops gc --keep-last 10 --keep-days 30
      jupyter mlops gc --keep-last 10 --keep-days 30 --yes
    """
    from jupyter_mlops.lineage.gc import collect
    from jupyter_mlops.lineage.retention import chosen_rules

    if rules_file is not None and (keep_last or keep_days):
        raise click.UsageError("--rules and --keep-last or --keep-days contradict each other")
    rules = chosen_rules(installation.settings(), keep_last, keep_days)
    if rules_file is not None:
        from jupyter_mlops.scheduling.filed.read import find_file, read_rules

        rules = read_rules(find_file(rules_file))
    collected = collect(installation.open_store(), rules, dry_run=dry_run or not yes)
    if as_json:
        write_json(collected)
    else:
        _print(collected)


def _print(collected: Collected) -> None:
    for name in collected.runs:
        click.echo(f"{'would go' if collected.dry_run else 'removed'}: {name}")
    for line in columns([(f"stays: {name}", why) for name, why in collected.kept.items()]):
        click.echo(line)
    found = f"{counted(len(collected.runs), 'run')}, {counted(collected.objects, 'object')}, "
    found += megabytes_text(collected.bytes)
    if collected.dry_run:
        click.echo(f"{found} would go; nothing was removed: --yes removes it")
        return
    click.echo(f"{found} removed")
    if collected.waiting:
        click.echo(
            f"{collected.waiting} objects lie aside until these have ended, and for the next gc: "
            f"{', '.join(collected.waiting_for)}"
        )
