"""What every command does alike: answers as JSON, errors without tracebacks."""

from __future__ import annotations

import json
from typing import Any

import click

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import finite, to_json

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")


class Command(click.Command):
    """A command that ends with one message and an exit code when the user can help it.

    The message goes to stderr as ``error: …`` with the fix below it; with ``--json`` it goes to
    stdout as the error's details.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a problem that the user can do something about ends it."""
        try:
            return super().invoke(ctx)
        except MlopsError as error:
            _report(error, as_json=bool(ctx.params.get("as_json")))
            ctx.exit(error.exit_code)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            where = f"{error.filename}: " if error.filename else ""
            problem = MlopsError(f"{where}{error.strerror or error}")
            _report(problem, as_json=bool(ctx.params.get("as_json")))
            ctx.exit(problem.exit_code)


class GroupWithDefault(click.Group):
    """A group one of whose commands may be left out: ``env NB`` is ``env show NB``.

    Args:
        default: name of that command.
    """

    def __init__(self, *args: Any, default: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default before arguments that begin with no command of the group."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def write_json(value: Any) -> None:
    """Print a model value as JSON; numbers that JSON lacks become ``"NaN"``, ``"Infinity"`` …."""
    click.echo(json.dumps(finite(to_json(value)), indent=2, allow_nan=False))


def _report(error: MlopsError, *, as_json: bool) -> None:
    if as_json:
        write_json(error.details())
    else:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {error}", err=True)
