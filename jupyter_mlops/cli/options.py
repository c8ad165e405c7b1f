"""Options that more than one command takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


environment_option = click.option(
    "--environment", metavar="FILE",
    help="Lock or requirements file that says what steps run in, or `imports`; on the local engine "
    "also `kernel` (as it stands) or `locked`.",
)  # fmt: skip


def chosen_environment(given: str | None) -> str | None:
    """``--environment`` for `find_declaration`: a path from here becomes an absolute one."""
    from jupyter_mlops.environments.declaration import IMPORTS, PLACES

    if given is None or given in (IMPORTS, *PLACES):
        return given
    return str(Path(given).absolute())


def request_options(where: str) -> Callable[[F], F]:
    """``-p``, ``--params``, ``--engine`` and ``--environment``.

    The command gets them as ``given``, ``parameter_file``, ``engine`` and ``environment``.

    Args:
        where: how the help of ``--engine`` begins, such as "Where steps run".
    """
    options = (
        click.option(
            "-p", "--parameter", "given", nargs=2, multiple=True, metavar="NAME VALUE",
            help="Set a parameter; may be repeated, wins over --params.",
        ),
        click.option(
            "--params", "parameter_file", metavar="FILE", type=click.Path(path_type=Path),
            help="JSON or YAML file with parameter values.",
        ),
        click.option(
            "--engine", type=click.Choice(["auto", "docker", "local"]), default="auto",
            show_default=True,
            help=f"{where}: containers, local kernels, or containers if Docker answers.",
        ),
        environment_option,
    )  # fmt: skip

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
