"""``token``: opens the API to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns, local_text
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.token import Scope

if TYPE_CHECKING:
    from jupyter_mlops.model.token import TokenReport


@click.group("token")
def command() -> None:
    """Open the API of the server and the service to programs, for a time.

    \b
    Example:
      jupyter mlops token create --scope read --owner prometheus --expires 365d
    """


@command.command("create", cls=Command)
@click.option(
    "--scope", type=click.Choice(get_args(Scope)), required=True,
    help="What it may do: look; also begin and stop runs; also change what is kept.",
)  # fmt: skip
@click.option("--owner", help="Who answers for it [you].")
@click.option(
    "--expires", default="90d", show_default=True, metavar="TIME", help="For how long it holds."
)
@json_option
@click.pass_obj
def create(
    installation: Installation, scope: Scope, owner: str | None, expires: str, as_json: bool
) -> None:
    """Make a token and print its secret, which cannot be shown again.

    Whoever sends it as `Authorization: Bearer SECRET` may do what its scope says.

    \b
    Example:
      jupyter mlops token create --scope run --owner ci --expires 30d
    """
    import getpass
    from datetime import timedelta

    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.timing import read_duration
    from jupyter_mlops.scheduling.tokens import create_token

    lasts = timedelta(seconds=read_duration(expires))
    store = installation.open_store()
    made = create_token(
        store, scope=scope, owner=owner or getpass.getuser(), lasts=lasts, now=now()
    )
    if as_json:
        write_json(made)
        return
    click.echo(made.secret)
    until = local_text(made.expires)
    click.echo(f"token {made.token} of {made.owner} may {scope} until {until}", err=True)


@command.command("list", cls=Command)
@json_option
@click.pass_obj
def list_(installation: Installation, as_json: bool) -> None:
    """List all tokens, also those that hold no more. Secrets are not kept.

    \b
    Example:
      jupyter mlops token list
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.tokens import list_tokens

    found = list_tokens(installation.open_store(), now())
    if as_json:
        write_json(found)
    elif not found:
        click.echo("no tokens")
    else:
        head = ("token", "state", "scope", "owner", "expires", "used")
        for line in columns([head, *map(_row, found)]):
            click.echo(line)


@command.command("revoke", cls=Command)
@click.argument("token")
@json_option
@click.pass_obj
def revoke(installation: Installation, token: str, as_json: bool) -> None:
    """Let a token open nothing any more, from now on.

    \b
    Example:
      jupyter mlops token revoke 3f9a1c77d201
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.tokens import revoke_token

    report = revoke_token(installation.open_store(), token, now())
    if as_json:
        write_json(report)
    else:
        click.echo(f"token {token} of {report.owner} is revoked")


@command.command("owner", cls=Command)
@click.argument("token")
@click.argument("owner")
@json_option
@click.pass_obj
def owner(installation: Installation, token: str, owner: str, as_json: bool) -> None:
    """Let somebody else answer for a token.

    \b
    Example:
      jupyter mlops token owner 3f9a1c77d201 grace
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.tokens import give_token

    report = give_token(installation.open_store(), token, owner, now())
    if as_json:
        write_json(report)
    else:
        click.echo(f"token {token} belongs to {report.owner}")


def _row(report: TokenReport) -> tuple[str, ...]:
    used = local_text(report.used) if report.used else "never"
    until = local_text(report.expires)
    return report.token, report.state, report.scope, report.owner, until, used
