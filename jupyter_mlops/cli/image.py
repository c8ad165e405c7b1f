"""``image``: the images that steps run in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.text import columns, digest_text, local_text, megabytes_text
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.environments import Contained
    from jupyter_mlops.environments.shelf import ShelvedImage


class WhichImage(MlopsError):
    """A notebook has more than one image, or none for the step."""

    exit_code = 2


@click.group("image")
def command() -> None:
    """Build, list, remove and push the images that steps run in."""


@command.command("build", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def build(installation: Installation, notebook: Path, as_json: bool) -> None:
    """Build the image of a notebook's steps, and import in it what they import.

    Nothing is built if an image of equal content exists.

    \b
    Example:
      jupyter mlops image build analysis.ipynb
    """
    built = _build(installation, notebook)
    if as_json:
        write_json(
            [
                {
                    "steps": steps,
                    "image": made.image,
                    "lock": made.lock.digest,
                    "packages": made.python,
                }
                for steps, made in built.items()
            ]
        )
        return
    for steps, made in built.items():
        click.echo(
            f"{made.image.tag} ({', '.join(steps)}): Python {made.image.python}, "
            f"{len(made.python)} packages, {megabytes_text(made.image.size)}"
        )


@command.command("list", cls=Command)
@json_option
@click.pass_obj
def list_(installation: Installation, as_json: bool) -> None:
    """List the images on the engine that were built for steps, newest first.

    \b
    Example:
      jupyter mlops image list
    """
    from jupyter_mlops.environments import connect
    from jupyter_mlops.environments.shelf import list_images

    runs = installation.open_store().catalog.list_runs(limit=None)
    with closing(connect()) as client:
        images = list_images(client, runs)
    if as_json:
        write_json(images)
    elif not images:
        click.echo("no images")
    else:
        head = ("image", "kind", "size", "created", "python", "lock", "runs", "newest run")
        for line in columns([head, *map(_row, images)]):
            click.echo(line)


@command.command("gc", cls=Command)
@click.option(
    "--keep", metavar="DAYS", default=30.0, show_default=True, type=click.FloatRange(0),
    help="Keep what is younger, and what a run of so many days has used.",
)  # fmt: skip
@click.option("--all", "every", is_flag=True, help="Also images that other stores had built.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@json_option
@click.pass_obj
def gc(installation: Installation, keep: float, every: bool, dry_run: bool, as_json: bool) -> None:
    """Remove images that no recent run used, and what killed builds left.

    Only images that this store had built are removed; one that is needed again is built again.

    \b
    Example:
      jupyter mlops image gc --keep 7 --dry-run
    """
    from jupyter_mlops.environments import connect
    from jupyter_mlops.environments.image import builder_of
    from jupyter_mlops.environments.shelf import collect

    store = installation.open_store()
    with closing(connect()) as client:
        done = collect(
            client,
            store.catalog.list_runs(limit=None),
            builder=None if every else builder_of(store.cache),
            keep=keep,
            store_cache=store.cache,
            dry_run=dry_run,
            on_line=_details,
        )
    if as_json:
        write_json(done)
        return
    verb = "would be removed" if dry_run else "removed"
    for image in done.removed:
        click.echo(f"{verb}: {', '.join(image.names)} ({megabytes_text(image.size)})")
    for image in done.in_use:
        click.echo(f"in use: {', '.join(image.names)}")
    click.echo(f"{len(done.removed)} {verb}, {done.kept} kept")


@command.command("push", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.argument("target", metavar="REGISTRY/NAME[:TAG]")
@click.option("--step", metavar="STEP", help="Whose image, if the steps have different ones.")
@json_option
@click.pass_obj
def push(
    installation: Installation, notebook: Path, target: str, step: str | None, as_json: bool
) -> None:
    """Push the image of a notebook's steps to a registry; it is built first if need be.

    The credentials are those of `docker login`.

    \b
    Example:
      jupyter mlops image push analysis.ipynb registry.example.org/team/analysis
    """
    from jupyter_mlops.environments import connect
    from jupyter_mlops.environments.shelf import push_image

    built = _build(installation, notebook)
    found = [made for steps, made in built.items() if step is None or step in steps]
    if len(found) != 1:
        raise WhichImage(
            f"{notebook} has {len(found)} images{f' for step {step!r}' if step else ''}",
            fix=f"name a step with --step: {', '.join(name for names in built for name in names)}",
        )
    made = found[0]
    with closing(connect()) as client:
        name = push_image(client, made.image.tag, target, on_line=_details)
    if as_json:
        write_json({"image": made.image, "pushed": name})
    else:
        click.echo(name)


def _build(installation: Installation, notebook: Path) -> Mapping[tuple[str, ...], Contained]:
    """The images of a notebook's steps, by the steps that run in them."""
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.environments import choices, prepare_image
    from jupyter_mlops.notebook import read_notebook

    path = notebook.absolute()
    settings, cache = installation.settings(), installation.open_store().cache
    return {
        choice.steps: prepare_image(
            choice.pipeline,
            notebook=path,
            settings=settings,
            store_cache=cache,
            on_line=_details,
            environment=choice.environment,
            image=choice.image,
            dockerfile=choice.dockerfile,
        )
        for choice in choices(compile_notebook(read_notebook(path)).pipeline, None)
    }


def _details(line: str) -> None:
    click.echo(line, err=True)


def _row(image: ShelvedImage) -> tuple[str, ...]:
    return (
        image.names[0],
        image.kind,
        megabytes_text(image.size),
        local_text(image.created),
        image.python or "-",
        digest_text(image.lock or None),
        str(len(image.runs)),
        image.runs[0] if image.runs else "-",
    )
