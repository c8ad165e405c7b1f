"""Options that more than one command takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def request_options(where: str) -> Callable[[F], F]:
    """``-p``, ``--params`` and ``--engine``, as ``given``, ``parameter_file`` and ``engine``.

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
    )  # fmt: skip

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
