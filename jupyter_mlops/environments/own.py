"""A base image that the user's own Dockerfile makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments import labels
from jupyter_mlops.environments.base import BaseImage
from jupyter_mlops.environments.build import build
from jupyter_mlops.environments.context import context
from jupyter_mlops.environments.image import builder_of, building, find_image
from jupyter_mlops.environments.sources import package_sources
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient

REPOSITORY = "jupyter-mlops-base"
_MOST = 256 * 2**20
_FIX = (
    "give the Dockerfile a folder of its own, or name in its .dockerignore what the build does not "
    "need"
)


def build_own(
    path: Path,
    *,
    settings: Mlops,
    client: DockerClient,
    store_cache: Path,
    on_line: Callable[[str], None],
) -> BaseImage:
    """The image of a Dockerfile; built if none of equal content exists.

    Its context is the folder that it lies in, without what ``.dockerignore`` names.

    Args:
        path: of the Dockerfile.
        settings: name the proxies, given as predefined build arguments.
        client: the engine.
        store_cache: the store's folder of what can be made anew.
        on_line: called with what is being done and, indented, each line that the build prints.

    Raises:
        EnvironmentFailure: there is no such file, its folder is too large, or an instruction fails.
        EngineError: the engine fails.
    """
    files = _files(path)
    digests = {name: identity.of_bytes(file.read_bytes()) for name, file in files.items()}
    content = identity.of_value("dockerfile", {"dockerfile": path.name, "files": digests})
    tag = own_tag(content)
    image = find_image(client, tag)
    if image is None:
        with building(store_cache, client, on_line):
            image = find_image(client, tag)
            if image is None:
                on_line(f"building {path}")
                mark = {labels.KIND: "base", labels.BUILDER: builder_of(store_cache)}
                marked = " ".join(f'{name}="{value}"' for name, value in mark.items())
                text = f"{path.read_text(encoding='utf-8').rstrip()}\nLABEL {marked}\n"
                image = build(
                    context({**files, path.name: text.encode()}),
                    tag=tag,
                    client=client,
                    network="host",
                    proxies=package_sources(settings).proxies,
                    on_line=lambda line: on_line(f"  {line}"),
                    dockerfile=path.name,
                )
    return BaseImage(name=str(path), id=image.id, identity=content, reference=tag)


def own_tag(content: str) -> str:
    """The name of the image, given its identity."""
    return f"{REPOSITORY}:{content.removeprefix(identity.PREFIX)[:16]}"


def _files(path: Path) -> dict[str, Path]:
    """The files of the Dockerfile's context by their paths in it."""
    from docker.utils.build import exclude_paths

    if not path.is_file():
        raise EnvironmentFailure(
            f"the notebook's settings name the Dockerfile {path}, which does not exist",
            fix="correct `dockerfile`; its path is relative to the notebook's folder",
        )
    ignore = path.parent / ".dockerignore"
    lines = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    names = exclude_paths(str(path.parent), patterns, dockerfile=path.name)
    files = {name: path.parent / name for name in sorted(names) if (path.parent / name).is_file()}
    size = sum(file.stat().st_size for file in files.values())
    if size > _MOST:
        raise EnvironmentFailure(
            f"{path.parent}, the build context of {path.name}, holds {size / 2**20:.0f} MiB; at "
            f"most {_MOST / 2**20:.0f} MiB are sent to the engine",
            fix=_FIX,
        )
    return files
