"""The base image that step images are built from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as DockerImage

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FIX = (
    "set JUPYTER_MLOPS_BASE_IMAGE to an image with Python {version} that is here or can be pulled "
    "(scripts/base-image makes one), or run with --engine local"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseImage:
    """An image on this machine's engine.

    Attributes:
        name: as the settings name it.
        id: what it is; ``sha256:…``.
        path: its ``PATH``.
    """

    name: str
    id: str
    path: str


def find_base(
    python: str, *, settings: Mlops, client: DockerClient, on_line: Callable[[str], None]
) -> BaseImage:
    """The base image for Python ``python`` (X.Y), pulled if it is not here yet.

    Raises:
        EnvironmentFailure: it is not here and cannot be pulled.
    """
    from docker.errors import APIError, ImageNotFound

    name = settings.base_image.replace("{version}", python)
    try:
        return _described(name, client.images.get(name))
    except ImageNotFound:
        on_line(f"pulling {name}")
    repository, _, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    try:
        image = client.images.pull(repository, tag=tag or None)
    except APIError as error:
        raise EnvironmentFailure(
            f"the base image {name} is not here and cannot be pulled: {error.explanation or error}",
            fix=FIX.format(version=python),
        ) from error
    return _described(name, image)


def _described(name: str, image: DockerImage) -> BaseImage:
    variables = dict(
        entry.partition("=")[::2] for entry in (image.attrs["Config"] or {}).get("Env") or ()
    )
    return BaseImage(name=name, id=image.id, path=variables.get("PATH") or _DEFAULT_PATH)
