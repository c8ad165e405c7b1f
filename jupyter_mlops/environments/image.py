"""The image that steps run in: the locked packages on a base image, and the step's own modules.

Two images, each named by the digest of what it is made of, so that neither is made twice: one of
the packages (base image, system packages, lock), and on it one with this package's own modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments import labels
from jupyter_mlops.environments.base import BaseImage, find_interpreter
from jupyter_mlops.environments.build import build, remove_leftovers
from jupyter_mlops.environments.context import context
from jupyter_mlops.environments.dockerfile import (
    PACKAGES_TAR,
    packages_stage,
    step_stage,
)
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.packages import pack
from jupyter_mlops.environments.runtime import runtime_files
from jupyter_mlops.environments.sources import package_sources
from jupyter_mlops.environments.turn import turn
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model import identity
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as DockerImage

PACKAGES = "jupyter-mlops-packages"
STEP = "jupyter-mlops-step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that steps run in.

    Attributes:
        tag: its name, made of its content's digest.
        id: ``sha256:…`` as the engine knows it.
        base: identity of the base image.
        python: full version of its interpreter.
        size: bytes, with its base image.
    """

    tag: str
    id: str
    base: str
    python: str
    size: int = 0


def build_image(
    lock: Lock,
    *,
    base: BaseImage,
    python: str,
    settings: Mlops,
    client: DockerClient,
    store_cache: Path,
    on_line: Callable[[str], None],
    apt: tuple[str, ...] = (),
    sees_system: bool = False,
) -> Image:
    """The image of ``lock`` on ``base``; made if the engine has none of this content yet.

    Of two processes with one cache that build, one waits for the other. Package index,
    certificates and proxies are used on this machine only and leave no trace in the image.

    Args:
        lock: the packages.
        base: the image to start from.
        python: path of an interpreter of this machine with the lock's X.Y.
        settings: name the package index and the certificates.
        client: the engine.
        store_cache: the store's folder of what can be made anew.
        on_line: called with what is being done and, indented, each line that the build prints.
        apt: Debian packages to install.
        sees_system: whether the packages of the base image's interpreter can be imported too.

    Raises:
        EnvironmentFailure: the base image has another Python, or a package cannot be installed;
            nothing of the build is left.
        EngineError: the engine fails.
        StoreError: the cache cannot be written.
    """
    modules = runtime_files()
    packages_tag = _tag(
        PACKAGES,
        base=base.identity,
        lock=lock.digest,
        text=packages_stage("", python="", apt=apt, sees_system=sees_system),
    )
    step_tag = _tag(
        STEP,
        packages=packages_tag,
        text=step_stage(""),
        modules={path: identity.of_bytes(data) for path, data in modules.items()},
    )

    def details(line: str) -> None:
        on_line(f"  {line}")

    with engine_problems():
        image = find_image(client, step_tag)
        if image is None:
            builder = builder_of(store_cache)
            with building(store_cache, client, on_line) as folder:
                if find_image(client, packages_tag) is None:
                    on_line(f"building an image of {len(lock.packages)} packages on {base.name}")
                    interpreter = find_interpreter(
                        base, python=lock.python, client=client, builder=builder
                    )
                    sources = package_sources(settings)
                    archive = pack(
                        lock,
                        interpreter=interpreter,
                        python=python,
                        sources=sources,
                        folder=folder,
                        on_line=details,
                    )
                    text = packages_stage(
                        base.reference,
                        python=interpreter.executable,
                        apt=apt,
                        sees_system=sees_system,
                        first_labels={labels.BUILDER: builder},
                        last_labels={
                            labels.BASE: base.identity,
                            labels.LOCK: lock.digest,
                            labels.PYTHON: interpreter.version,
                        },
                    )
                    build(
                        context({"Dockerfile": text.encode(), PACKAGES_TAR: archive}),
                        tag=packages_tag,
                        client=client,
                        network="host" if apt else "none",
                        proxies=sources.proxies if apt else {},
                        on_line=details,
                    )
                image = find_image(client, step_tag) or build(
                    context({"Dockerfile": step_stage(packages_tag).encode(), **modules}),
                    tag=step_tag,
                    client=client,
                    network="none",
                    proxies={},
                    on_line=details,
                )
    return Image(
        tag=step_tag,
        id=image.id,
        base=base.identity,
        python=image.labels[labels.PYTHON],
        size=image.attrs["Size"],
    )


@contextmanager
def building(
    store_cache: Path, client: DockerClient, on_line: Callable[[str], None]
) -> Iterator[Path]:
    """An empty folder, while no other process with this cache builds; removed afterwards.

    What killed or failed builds left on the engine is removed before and after.
    """
    builder = builder_of(store_cache)
    with turn(store_cache / "builds", on_line) as scratch:
        remove_leftovers(client, builder)
        try:
            yield scratch
        finally:
            remove_leftovers(client, builder)


@contextmanager
def engine_problems() -> Iterator[None]:
    """Turn what docker-py and requests raise into an `EngineError` that says what to do."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (DockerException, RequestException, HTTPError) as error:
        raise EngineError(
            f"the Docker engine failed while the image was prepared: {error}",
            fix="look at the engine (`docker info`), or run with --engine local",
        ) from error


def builder_of(store_cache: Path) -> str:
    """What marks the containers and images that were made for this cache."""
    return _short(identity.of_value("builder", str(store_cache.absolute())))


def find_image(client: DockerClient, tag: str) -> DockerImage | None:
    """The image of that name, or None."""
    from docker.errors import ImageNotFound

    try:
        return client.images.get(tag)
    except ImageNotFound:
        return None


def _tag(repository: str, **content: str | Mapping[str, str]) -> str:
    return f"{repository}:{_short(identity.of_value('image', content))}"


def _short(digest: str) -> str:
    return digest.removeprefix(identity.PREFIX)[:16]
