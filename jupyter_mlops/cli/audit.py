"""``audit``: the ledger of who did what when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns, digest_text, local_text
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.ledger import Entry, LedgerCheck

_FILE = click.Path(path_type=Path, dir_okay=False)
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"])


@click.group("audit")
def command() -> None:
    """Look into the ledger of who did what when, and prove that nobody changed it.

    \b
    Example:
      jupyter mlops audit log --action run --since 2026-11-01
      jupyter mlops audit verify
    """


@command.command("log", cls=Command)
@click.option("--since", type=_MOMENT, help="Only what was done then or later.")
@click.option("--until", type=_MOMENT, help="Only what was done then or earlier.")
@click.option("--actor", metavar="USER[@HOST]", help="Only what this user did.")
@click.option("--action", help="Only this kind of action, such as run or delete.")
@click.option("--subject", help="Only what was done to this, or to what begins like it.")
@json_option
@click.pass_obj
def log(
    installation: Installation,
    since: datetime | None,
    until: datetime | None,
    actor: str | None,
    action: str | None,
    subject: str | None,
    as_json: bool,
) -> None:
    """List the entries, the oldest first. A moment is a date, or a date and a time.

    \b
    Example:
      jupyter mlops audit log --actor ada --since 2026-11-01
    """
    from jupyter_mlops.lineage.audit import ledger_log

    entries = list(
        ledger_log(
            installation.open_store(),
            since=since,
            until=until,
            actor=actor,
            action=action,
            subject=subject,
        )
    )
    if as_json:
        write_json(entries)
    elif not entries:
        click.echo("no entries")
    else:
        head = ("entry", "time", "who", "action", "state", "subject", "details")
        for line in columns([head, *map(_row, entries)]):
            click.echo(line)


@command.command("verify", cls=Command)
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--public-key", type=_FILE, metavar="K", help="PEM file: checkpoints must be signed by it."
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=_FILE,
    metavar="C",
    help="A file with a checkpoint that was kept elsewhere; may be repeated.",
)
@click.option("--quick", is_flag=True, help="Leave the objects alone that the ledger vouches for.")
@json_option
@click.pass_context
def verify(
    ctx: click.Context,
    file: Path | None,
    public_key: Path | None,
    checkpoints: tuple[Path, ...],
    quick: bool,
    as_json: bool,
) -> None:
    """Find every changed, removed or moved entry, and every object that the ledger misses.

    With FILE, an exported ledger is verified, for which no store is needed. The exit code is 1 if
    there is a problem.

    \b
    Example:
      jupyter mlops audit verify
      jupyter mlops audit verify ledger.jsonl --public-key ledger.pub
    """
    from jupyter_mlops.lineage.audit import verify_export, verify_ledger
    from jupyter_mlops.store.signing import load_public_key

    installation: Installation = ctx.obj
    key = None if public_key is None else load_public_key(public_key)
    if file is not None:
        checked = verify_export(file, key=key, checkpoints=checkpoints)
    else:
        store = installation.open_store()
        checked = verify_ledger(store, key=key, checkpoints=checkpoints, quick=quick)
    if as_json:
        write_json(checked)
    else:
        _show(checked)
    ctx.exit(1 if checked.problems else 0)


@command.command("export", cls=Command)
@click.option("-o", "--output", required=True, type=_FILE, metavar="FILE", help="The file.")
@click.pass_obj
def export(installation: Installation, output: Path) -> None:
    """Write the ledger with its checkpoints into one file, one JSON object a line.

    \b
    Example:
      jupyter mlops audit export -o ledger.jsonl
    """
    from jupyter_mlops.lineage.audit import export_ledger

    number = export_ledger(installation.open_store(), output)
    click.echo(f"{output}: {number} entries")


@command.command("key", cls=Command)
@click.option("-o", "--output", required=True, type=_FILE, metavar="FILE", help="The new key.")
def key(output: Path) -> None:
    """Make a key that signs checkpoints, and beside it FILE.pub, by which others check them.

    \b
    Example:
      jupyter mlops audit key -o ~/.jupyter/ledger.pem
    """
    from jupyter_mlops.store.signing import make_key

    public = Path(f"{output}.pub")
    public.write_bytes(make_key(output).pem)
    click.echo(f"{output}: keep it secret, and set JUPYTER_MLOPS_LEDGER_KEY={output.absolute()}")
    click.echo(f"{public}: give it to whoever verifies")


@command.command("checkpoint", cls=Command)
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="A copy to be kept elsewhere.")
@json_option
@click.pass_obj
def checkpoint(installation: Installation, output: Path | None, as_json: bool) -> None:
    """Sign the ledger as it stands, with the key of the setting `ledger_key`.

    \b
    Example:
      jupyter mlops audit checkpoint -o /mnt/safe/ledger-2026-11-25.json
    """
    from jupyter_mlops.lineage.audit import sign_ledger, write_checkpoint

    signed = sign_ledger(installation.open_store(), installation.settings())
    if output is not None:
        write_checkpoint(signed, output)
    if as_json:
        write_json(signed)
    else:
        click.echo(f"entry {signed.number} is signed: {digest_text(signed.digest)}")


def _row(entry: Entry) -> tuple[str, ...]:
    details = ", ".join(f"{name}={value}" for name, value in entry.details.items() if value)
    who = f"{entry.user}@{entry.host}"
    time = local_text(entry.time)
    return str(entry.number), time, who, entry.action, entry.state, entry.subject, details[:80]


def _show(checked: LedgerCheck) -> None:
    for problem in checked.problems:
        click.echo(f"{problem.kind}: {problem.message}")
    if checked.unfinished:
        numbers = ", ".join(map(str, checked.unfinished))
        click.echo(f"begun and not ended: entries {numbers}")
    signed = f", signed up to entry {checked.signed}" if checked.key else ""
    objects = f", {checked.objects} objects" if checked.objects else ""
    number = len(checked.problems)
    verdict = "sound" if not number else f"{number} problem{'s' * (number > 1)}"
    click.echo(f"{checked.entries} entries{objects}{signed}: {verdict}")
