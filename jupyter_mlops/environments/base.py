"""The image that step images are built from, and the interpreter in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlops.environments.contained import NoProgram, run_contained
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as DockerImage

_FIX = (
    "set JUPYTER_MLOPS_BASE_IMAGE to an image with Python {version} that is here or can be pulled "
    "(scripts/base-image makes one), or run with --engine local"
)
_PROBE = """
import json, os, platform, sys
libc = platform.libc_ver()
print(json.dumps({"executable": sys.executable, "machine": platform.machine(),
    "version": platform.python_version(), "glibc": libc[1] if libc[0] == "glibc" else ""}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseImage:
    """An image on this machine's engine.

    Attributes:
        name: as the settings or the notebook name it.
        id: what it is on this engine; ``sha256:…``.
        identity: what its content is: its id, or the digest of the Dockerfile that it is made by.
        reference: what ``FROM`` names: by the registry's digest, if it came from one, else its id.
    """

    name: str
    id: str
    identity: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The Python of an image.

    Attributes:
        executable: its path.
        version: such as ``3.11.7``.
        machine: processor, as Linux names it.
        glibc: version of the C library such as ``2.36``, or "" for another one (musl).
    """

    executable: str
    version: str
    machine: str
    glibc: str


def base_name(settings: Mlops, python: str) -> str:
    """The name of the base image for Python ``python`` (X.Y)."""
    return settings.base_image.replace("{version}", python)


def find_base(
    name: str, *, python: str, client: DockerClient, on_line: Callable[[str], None]
) -> BaseImage:
    """The image ``name``, pulled if it is not here yet.

    Args:
        name: such as ``python:3.11-slim``.
        python: X.Y that it should have; for messages.
        client: the engine.
        on_line: called with what is being done.

    Raises:
        EnvironmentFailure: it is not here and cannot be pulled.
    """
    from docker.errors import APIError, ImageNotFound

    try:
        return _described(name, client.images.get(name))
    except ImageNotFound:
        on_line(f"pulling {name}")
    repository, tag = split_name(name)
    try:
        image = client.images.pull(repository, tag=tag or None)
    except APIError as error:
        raise EnvironmentFailure(
            f"the base image {name} is not here and cannot be pulled: {error.explanation or error}",
            fix=_FIX.format(version=python),
        ) from error
    return _described(name, image)


def split_name(name: str) -> tuple[str, str]:
    """Repository and tag of an image's name; the tag is "" if it has none."""
    if "@" in name or ":" not in name.rpartition("/")[2]:
        return name, ""
    repository, _, tag = name.rpartition(":")
    return repository, tag


def find_interpreter(
    base: BaseImage, *, python: str, client: DockerClient, builder: str
) -> Interpreter:
    """The Python ``python`` (X.Y) of the base image, asked in a container.

    Raises:
        EnvironmentFailure: it has none, or another one.
    """
    found = None
    for command in (f"python{python}", "python3", "python"):
        try:
            code, output = run_contained(
                client, base.id, (command, "-I", "-c", _PROBE), builder=builder
            )
        except NoProgram:
            continue
        if code == 0:
            found = Interpreter(**json.loads(output.splitlines()[-1]))
            if found.version.startswith(f"{python}."):
                return found
    has = f"has Python {found.version}" if found else "has no Python"
    raise EnvironmentFailure(
        f"the base image {base.name} {has}, the notebook's kernel {python}",
        fix="choose a base image with the kernel's Python (JUPYTER_MLOPS_BASE_IMAGE, or `image` or "
        "`dockerfile` in the notebook's settings), or another kernel for the notebook",
    )


def _described(name: str, image: DockerImage) -> BaseImage:
    digests = image.attrs.get("RepoDigests") or ()
    return BaseImage(
        name=name, id=image.id, identity=image.id, reference=digests[0] if digests else image.id
    )
