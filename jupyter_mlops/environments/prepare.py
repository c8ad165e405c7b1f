"""From a pipeline to the environment that its steps run in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.environments.choice import choices
from jupyter_mlops.environments.container import Contained, Workshop
from jupyter_mlops.environments.declaration import Place, find_declaration
from jupyter_mlops.environments.detect import detect
from jupyter_mlops.environments.kernel import find_kernel
from jupyter_mlops.environments.local import prepare_local
from jupyter_mlops.environments.lock import Lock, make_lock
from jupyter_mlops.environments.statements import statements_of
from jupyter_mlops.errors import EngineError, EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.model.run import Environment
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient


def prepare(
    pipeline: Pipeline,
    *,
    notebook: Path,
    engine: str,
    settings: Mlops,
    store_cache: Path,
    put: Callable[[bytes], str],
    on_line: Callable[[str], None],
    environment: str | None = None,
    place: Place | None = None,
    image: str | None = None,
    dockerfile: str | None = None,
) -> Environment:
    """The environment of a pipeline's steps, ready to be used.

    On the local engine that is the notebook's kernel or an environment of locked packages, see
    `prepare_local`. For Docker packages are locked and an image is built, unless an equal one
    exists, and what the steps import is imported in it.

    Args:
        pipeline: the compiled notebook.
        notebook: path of its source.
        engine: ``local`` or ``docker``.
        settings: package index, base image.
        store_cache: the store's folder of what can be made anew.
        put: stores bytes and returns their digest; gets the lock, wheels of local packages and the
            bill of materials.
        on_line: called with each line of what takes time, and with one that says what is used.
        environment: the user's choice (see `find_declaration`), or None to look for a file.
        place: the user's choice for the local engine, or None for what the installation says.
        image: an image of the user's own to run in.
        dockerfile: a Dockerfile of the user's own to build on, relative to the notebook.

    Raises:
        EnvironmentFailure: the kernel or a package is missing, lock or image cannot be made, or an
            import does not work in the image.
        EngineError: the Docker engine does not answer.
    """
    if engine == "local":
        return identified(
            prepare_local(
                pipeline,
                notebook=notebook,
                settings=settings,
                store_cache=store_cache,
                put=put,
                on_line=on_line,
                environment=environment,
                place=place,
            )
        )
    if place == "kernel":
        raise EnvironmentFailure(
            "steps are to run in the notebook's kernel as it stands, which no container can",
            fix="run with --engine local, or take `imports`: what the notebook imports, in its "
            "kernel's versions",
        )
    made = prepare_image(
        pipeline,
        notebook=notebook,
        settings=settings,
        store_cache=store_cache,
        on_line=on_line,
        environment=environment,
        image=image,
        dockerfile=dockerfile,
    )
    for wheel in made.lock.wheels.values():
        put(wheel.read_bytes())
    return identified(
        Environment(
            digest="",
            engine=engine,
            python=made.image.python,
            packages=made.python,
            lock=put(made.lock.text.encode()),
            image=made.image.id,
            base=made.image.base,
            source=made.source,
            system=made.apt,
            sbom=put(made.sbom),
        )
    )


def prepare_image(
    pipeline: Pipeline,
    *,
    notebook: Path,
    settings: Mlops,
    store_cache: Path,
    on_line: Callable[[str], None],
    environment: str | None = None,
    image: str | None = None,
    dockerfile: str | None = None,
) -> Contained:
    """The image of a pipeline's steps, built and proven; arguments and errors as of `prepare`."""
    kernel, folder = find_kernel(pipeline.kernel), notebook.absolute().parent
    statements = statements_of(pipeline, notebook=folder / notebook.name)
    client = connect()
    try:
        workshop = Workshop(client=client, settings=settings, cache=store_cache, on_line=on_line)
        if image is not None:
            return workshop.make_on(image, kernel=kernel, statements=statements)
        lock = make_lock(
            detect(pipeline, notebook=notebook, kernel=kernel),
            declaration=find_declaration(folder, environment),
            settings=settings,
            store_cache=store_cache,
        )
        for warning in lock.warnings:
            on_line(f"warning: {warning}")
        on_line(f"Python {lock.python}, {len(lock.packages)} packages from {lock.source}")
        return workshop.make(
            lock,
            python=kernel.python,
            statements=statements,
            folder=folder,
            dockerfile=dockerfile,
        )
    finally:
        client.close()


def prepare_steps(
    pipeline: Pipeline, *, environment: str | None, notebook: Path, **request: Any
) -> Mapping[str, Environment]:
    """The environment of each step, by its name; equal choices share one.

    Args:
        pipeline: the compiled notebook.
        environment: what holds for every step, or None for each step's own setting.
        notebook: path of its source.
        request: the other arguments of `prepare`.

    Raises:
        EnvironmentFailure, EngineError: as `prepare`.
    """
    made: dict[str, Environment] = {}
    for choice in choices(pipeline, environment):
        one = prepare(
            choice.pipeline,
            notebook=notebook,
            environment=choice.environment,
            place=choice.place,
            image=choice.image,
            dockerfile=choice.dockerfile,
            **request,
        )
        made |= dict.fromkeys(choice.steps, one)
    return made


def lock_for(
    pipeline: Pipeline,
    *,
    notebook: Path,
    settings: Mlops,
    store_cache: Path,
    environment: str | None = None,
    refresh: bool = False,
) -> Lock:
    """The lock of a pipeline's environment.

    Args:
        pipeline: the compiled notebook.
        notebook: path of its source.
        settings: name the package index.
        store_cache: the store's folder of what can be made anew.
        environment: the user's choice (see `find_declaration`), or None to look for a file.
        refresh: True to resolve anew what was resolved before.

    Raises:
        EnvironmentFailure: the kernel or a package is missing, or cannot be locked.
    """
    return make_lock(
        detect(pipeline, notebook=notebook, kernel=find_kernel(pipeline.kernel)),
        declaration=find_declaration(notebook.absolute().parent, environment),
        settings=settings,
        store_cache=store_cache,
        refresh=refresh,
    )


def identified(environment: Environment) -> Environment:
    """The environment with its digest, but for what the settings of single steps add."""
    written = to_json(environment)
    fields = {name: written[name] for name in ("engine", "python", "packages", "lock", "base")}
    if environment.system:
        fields["system"] = written["system"]
    return replace(environment, digest=identity.of_environment(fields))


def connect() -> DockerClient:
    """The Docker engine that the environment names.

    Raises:
        EngineError: it cannot be reached.
    """
    import docker
    from docker.errors import DockerException

    try:
        return docker.from_env(timeout=600)
    except DockerException as error:
        raise EngineError(
            f"no Docker engine can be reached: {error}",
            fix="start Docker, or run with --engine local",
        ) from error
