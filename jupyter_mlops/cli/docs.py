"""``docs``: a pipeline's own documentation, and whether it is up to date."""

from __future__ import annotations

from pathlib import Path

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.written import write_text
from jupyter_mlops.errors import MlopsError


@click.command("docs", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
    help="Where it is written (default: beside the notebook, with the suffix .md).",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if FILE is out of date.")
@click.option("--force", is_flag=True, help="Overwrite FILE also if something else wrote it.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    notebook: Path,
    output: Path | None,
    check: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write what a pipeline does, from its notebook.

    The notebook's own text, its parameters with type, default and meaning, and its steps with what
    they receive. Nothing is run. With --check, for a pre-commit hook or CI: what is out of date.

    \b
    Example:
      jupyter mlops docs analysis.ipynb -o docs/analysis.md
      jupyter mlops docs analysis.ipynb -o docs/analysis.md --check
    """
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.compiler.describe import MARK, document
    from jupyter_mlops.lineage.cells import unified
    from jupyter_mlops.notebook import read_notebook

    text = document(compile_notebook(read_notebook(notebook)).pipeline)
    path = output or notebook.with_suffix(".md")
    found = _read(path)
    diff = unified(found or "", text)
    stale = found != text
    if not check:
        if found is not None and not found.startswith(MARK) and not force:
            raise MlopsError(
                f"{path} exists, and was not written by this command",
                fix="choose another file with -o, or add --force",
            )
        write_text(path, text, force=True)
    if as_json:
        write_json({"docs": str(path.absolute()), "stale": stale, "diff": diff})
    elif not check:
        click.echo(path)
    elif stale:
        click.echo(f"{path} is {'missing' if found is None else 'out of date'}:\n{diff}")
    ctx.exit(1 if check and stale else 0)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        return ""
