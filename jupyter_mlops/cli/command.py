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


def write_json(value: Any) -> None:
    """Print a model value as JSON; numbers that JSON lacks become ``"NaN"``, ``"Infinity"`` …."""
    click.echo(json.dumps(finite(to_json(value)), indent=2, allow_nan=False))


def _report(error: MlopsError, *, as_json: bool) -> None:
    if as_json:
        write_json(error.details())
    else:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {error}", err=True)
