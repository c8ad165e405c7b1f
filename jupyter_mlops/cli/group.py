"""The command group: global options, and commands that are imported when somebody asks for them."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click

from jupyter_mlops import __version__
from jupyter_mlops.installation import Installation

COMMANDS = (
    "check",
    "compile",
    "docs",
    "env",
    "run",
    "sweep",
    "backfill",
    "verify",
    "convert",
    "runs",
    "show",
    "logs",
    "cancel",
    "notebook",
    "diff",
    "trace",
    "report",
    "reproduce",
    "restore",
    "open",
    "schedule",
    "service",
    "alert",
    "hook",
    "token",
    "tag",
    "note",
    "alias",
    "image",
    "export",
    "import",
    "fsck",
    "gc",
    "catalog",
    "audit",
)


class LazyGroup(click.Group):
    """A group whose command NAME is ``command`` in the module ``jupyter_mlops.cli.NAME``.

    A word of Python's has an underscore behind it there.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the work rather than of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"jupyter_mlops.cli.{name}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--store", metavar="DIR", help="Folder of the store (default: Jupyter's data folder)."
)
@click.version_option(__version__, prog_name="jupyter mlops")
@click.pass_context
def cli(ctx: click.Context, store: str | None) -> None:
    """Run the tagged steps of a notebook as a pipeline, and look at what was run.

    \b
    Example:
      jupyter mlops check analysis.ipynb
      jupyter mlops run analysis.ipynb -p n_trees 500
      jupyter mlops show latest
    """
    ctx.obj = Installation(store=store)
