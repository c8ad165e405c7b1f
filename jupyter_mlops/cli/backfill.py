"""``backfill``: a notebook for each of a range of dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jupyter_mlops.cli.command import Command
from jupyter_mlops.cli.sweeps import asking_options, drive, driving_options, request_of


@click.command("backfill", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--param", required=True, metavar="NAME", help="Parameter that gets the dates.")
@click.option("--from", "first", required=True, metavar="DATE", help="The first one.")
@click.option("--to", "last", required=True, metavar="DATE", help="The last one.")
@click.option("--every", metavar="TIME", help="Time between two dates, such as 1d or 6h [1d].")
@click.option("--cron", help="Dates as a schedule has them, in place of --every.")
@click.option("--tz", metavar="ZONE", help="Time zone of --cron [UTC].")
@click.option("--format", "form", help="How dates are written, as of strftime [%Y-%m-%d].")
@asking_options
@driving_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    notebook: Path,
    param: str,
    first: str,
    last: str,
    every: str | None,
    cron: str | None,
    tz: str | None,
    form: str | None,
    swept: tuple[str, ...],
    files: tuple[Path, ...],
    **given: Any,
) -> None:
    """Run a notebook for each date of a range, both ends included.

    A backfill is a sweep over dates: `jupyter mlops sweep list`, `show` and `resume` know it. Dates
    are written with the time where two of them are on one day.

    \b
    Example:
      jupyter mlops backfill report.ipynb --param day --from 2026-01-01 --to 2026-01-31
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.sweeping.dates import moment_texts
    from jupyter_mlops.sweeping.define import define_sweep
    from jupyter_mlops.sweeping.table import Asked, read_option, read_table

    if every is not None and cron is not None:
        raise click.UsageError("--every and --cron contradict each other")
    if tz is not None and cron is None:
        raise click.UsageError("--tz is of --cron: without it dates have no zone")
    texts = moment_texts(first, last, every=every, cron=cron, zone=tz or "UTC", form=form)
    dates = [Asked(text={param: text}) for text in texts]
    tables = [dates, *map(read_table, files), *map(read_option, swept)]
    store = ctx.obj.open_store()
    drive(ctx, define_sweep(store, request_of(notebook, given), tables, now()), **given)
