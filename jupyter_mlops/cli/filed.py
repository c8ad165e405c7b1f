"""``schedule apply`` and ``schedule export``: schedules as a file beside the notebooks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import counted, digest_text, value_text
from jupyter_mlops.cli.written import write_text
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.plan import FieldChange, Plan, PlannedChange

_SIGNS = {"add": ("+", "green"), "change": ("~", "yellow"), "remove": ("-", "red")}
_DONE = {"add": "added", "change": "changed", "remove": "removed", "keep": "as they were"}
_DUE = {"add": "to add", "change": "to change", "remove": "to remove", "keep": "as they are"}


@click.command("apply", cls=Command)
@click.argument("file", type=click.Path(path_type=Path), default=".", metavar="[FOLDER|FILE]")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--prune", is_flag=True, help="Remove what the file names no more.")
@json_option
@click.pass_obj
def apply(
    installation: Installation, file: Path, dry_run: bool, prune: bool, as_json: bool
) -> None:
    """Let schedules, alerts and hooks be as `mlops.toml` says, and show what changes.

    Everything in the file is checked before the first change. A second call changes nothing.
    What did not come from this file, and is not in it, stays as it is.

    \b
    Example:
      jupyter mlops schedule apply pipelines --dry-run
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.filed.apply import apply_file

    plan = apply_file(installation.open_store(), file, now(), prune=prune, dry_run=dry_run)
    if as_json:
        write_json(plan)
    else:
        click.echo("\n".join(_lines(plan)))


@click.command("export", cls=Command)
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option(
    "-o", "output", metavar="FILE", type=click.Path(path_type=Path),
    help="Write it there [the terminal].",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@json_option
@click.pass_obj
def export(
    installation: Installation, folder: Path, output: Path | None, force: bool, as_json: bool
) -> None:
    """Write the schedules of the notebooks below a folder as a file for `schedule apply`.

    Paths are written from the place of the file. The alerts and hooks that concern them, or all
    runs, are in it, and the settings' rules of retention.

    \b
    Example:
      jupyter mlops schedule export pipelines -o pipelines/mlops.toml
    """
    from jupyter_mlops.alerts.book import list_alerts
    from jupyter_mlops.lineage.retention import chosen_rules
    from jupyter_mlops.scheduling.book import list_schedules
    from jupyter_mlops.scheduling.filed.write import file_text

    store, root = installation.open_store(), Path(os.path.normpath(folder.absolute()))
    place = root if output is None else Path(os.path.normpath(output.absolute())).parent
    found = [
        report.schedule
        for report in list_schedules(store)
        if report.schedule and Path(report.schedule.notebook).is_relative_to(root)
    ]
    names = [schedule.name for schedule in found]
    told = [
        alert
        for report in list_alerts(store)
        if (alert := report.alert)
        and (alert.notebook is None or Path(alert.notebook).is_relative_to(root))
        and (alert.schedule is None or alert.schedule in names)
    ]
    text = file_text(found, place, chosen_rules(installation.settings(), None, None), told)
    if output is not None:
        write_text(output, text, force=force)
    if as_json:
        write_json(
            {
                "file": str(output) if output else None,
                "schedules": names,
                "alerts": [alert.name for alert in told],
                "text": text,
            }
        )
    elif output is None:
        click.echo(text, nl=False)
    else:
        kinds = Counter(["schedule"] * len(found) + [alert.kind for alert in told])
        parts = [counted(number, kind) for kind, number in kinds.items()]
        click.echo(f"{', '.join(parts) or 'nothing'} written to {output}")


def _lines(plan: Plan) -> Iterator[str]:
    """Each schedule that changes with its fields, and how many there are of each kind."""
    for change in plan.changes:
        if change.verb == "leave":
            text = f"? {_name(change)}: the file names it no more; --prune removes it"
            yield click.style(text, dim=True)
        if change.verb not in _SIGNS:
            continue
        sign, colour = _SIGNS[change.verb]
        yield click.style(f"{sign} {_name(change)}  {change.plain}".rstrip(), fg=colour)
        for field in change.fields:
            if field.name != "file" or change.verb == "change":
                yield f"    {field.name}: {_field(field, change.verb == 'add')}"
    words = _DUE if plan.dry_run else _DONE
    counted = Counter[str](change.verb for change in plan.changes)
    parts = [f"{counted[verb]} {word}" for verb, word in words.items() if counted[verb]]
    yield ", ".join(parts) or "the file names no schedule"
    if plan.retention is not None:
        yield f"its rules of retention hold for `jupyter mlops gc --rules {plan.file}`"


def _name(change: PlannedChange) -> str:
    return change.name if change.kind == "schedule" else f"{change.kind} {change.name}"


def _field(field: FieldChange, is_new: bool) -> str:
    new = _shown(field.name, field.new)
    return new if is_new else f"{_shown(field.name, field.old)} → {new}"


def _shown(name: str, value: Any) -> str:
    if name == "revision":
        return digest_text(value) if value else "latest"
    if name == "file":
        return value or "by hand"
    if isinstance(value, dict):
        return ", ".join(f"{key}={value_text(item)}" for key, item in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(value_text, value)) or "none"
    return "none" if value in (None, "") else value_text(value)
