"""The RUN argument: a run's name, a unique prefix of it, an alias, or ``latest``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class RunName(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.3 on
    """Text that names a run; the shell completes it from the newest hundred."""

    name = "run"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names of recorded runs that begin as typed, newest first, and aliases."""
        from click.shell_completion import CompletionItem

        installation = Installation(store=ctx.find_root().params.get("store"))
        try:
            catalog = installation.open_store().catalog
            runs, aliases = catalog.list_runs(limit=100), catalog.labels.held("alias")
        except (MlopsError, OSError):
            return []
        items = [CompletionItem(run.run, help=f"{run.state} {run.notebook}") for run in runs]
        items += [
            CompletionItem(alias.name, help=alias.target.text) for alias in aliases if alias.target
        ]
        items.append(CompletionItem("latest", help="the newest run"))
        return [item for item in items if item.value.startswith(incomplete)]


run_argument = click.argument("run_name", metavar="RUN", type=RunName())

target_argument = click.argument("target", metavar="TARGET", type=RunName())
