"""``env list`` and ``env gc``: the environments that the local engine made."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns, digest_text, local_text, megabytes_text
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.environments.venv import Venv
    from jupyter_mlops.store import Store


@click.command("list", cls=Command)
@json_option
@click.pass_obj
def list_(installation: Installation, as_json: bool) -> None:
    """List the local engine's environments, last used first.

    \b
    Example:
      jupyter mlops env list
    """
    from jupyter_mlops.environments.venv import list_venvs

    found = list_venvs(installation.open_store().cache)
    if as_json:
        write_json([_told(venv) for venv in found])
    elif not found:
        click.echo("no environments")
    else:
        head = ("environment", "python", "packages", "size", "lock", "used")
        for line in columns([head, *map(_row, found)]):
            click.echo(line)


@click.command("gc", cls=Command)
@click.option(
    "--keep", metavar="DAYS", default=30.0, show_default=True, type=click.FloatRange(0),
    help="Keep what was used in so many days.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@json_option
@click.pass_obj
def gc(installation: Installation, keep: float, dry_run: bool, as_json: bool) -> None:
    """Remove environments that were not used of late.

    One that is needed again is made again. Those of runs that are under way are kept.

    \b
    Example:
      jupyter mlops env gc --keep 7 --dry-run
    """
    from jupyter_mlops.environments.venv import collect_venvs, list_venvs

    store = installation.open_store()
    gone = collect_venvs(
        store.cache,
        before=_oldest(store, keep),
        dry_run=dry_run,
        on_line=lambda line: click.echo(line, err=True),
    )
    kept = len(list_venvs(store.cache)) - (len(gone) if dry_run else 0)
    if as_json:
        write_json({"removed": [_told(venv) for venv in gone], "kept": kept})
        return
    verb = "would be removed" if dry_run else "removed"
    for venv in gone:
        click.echo(f"{verb}: {venv.folder} ({megabytes_text(venv.mark.size)})")
    click.echo(f"{len(gone)} {verb}, {kept} kept")


def _oldest(store: Store, keep: float) -> float:
    """The moment since which an environment must have been used to be kept."""
    from jupyter_mlops.store.disk import DAY

    running = store.catalog.list_runs(state="running", limit=None)
    begun = [datetime.fromisoformat(run.started).timestamp() for run in running]
    return min([time.time() - keep * DAY, *begun])


def _told(venv: Venv) -> Mapping[str, Any]:
    """The environment as JSON. Field names don't change."""
    return {
        "folder": str(venv.folder),
        "lock": venv.mark.lock,
        "python": venv.mark.python,
        "packages": venv.mark.packages,
        "size": venv.mark.size,
        "used": _used(venv),
    }


def _used(venv: Venv) -> str:
    return datetime.fromtimestamp(venv.used, UTC).isoformat()


def _row(venv: Venv) -> Sequence[str]:
    return (
        venv.folder.name,
        venv.mark.python,
        str(venv.mark.packages),
        megabytes_text(venv.mark.size),
        digest_text(venv.mark.lock),
        local_text(_used(venv)),
    )
