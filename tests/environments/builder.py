"""Images built with a cache of its own, from a wheelhouse."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.environments import Image, Lock, build_image
from jupyter_mlops.environments.base import base_name, find_base
from jupyter_mlops.environments.image import builder_of
from jupyter_mlops.environments.labels import BUILDER, TASK
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, kw_only=True)
class Built:
    image: Image
    lines: list[str]

    @property
    def has_built_packages(self) -> bool:
        return any(line.startswith("building an image of") for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds with a cache of its own from a wheelhouse, and knows what is left on the engine."""

    lock: Lock
    cache: Path
    settings: Mlops
    client: DockerClient

    def build(
        self,
        *,
        lock: Lock | None = None,
        apt: tuple[str, ...] = (),
        lines: list[str] | None = None,
    ) -> Built:
        lines = [] if lines is None else lines
        wanted = lock or self.lock
        image = build_image(
            wanted,
            base=find_base(
                base_name(self.settings, wanted.python),
                python=wanted.python,
                client=self.client,
                on_line=print,
            ),
            python=sys.executable,
            settings=self.settings,
            client=self.client,
            store_cache=self.cache,
            on_line=lines.append,
            apt=apt,
        )
        return Built(image=image, lines=lines)

    def left(self) -> tuple[list[Any], list[Any]]:
        """Containers, and images that have no name and are no part of one that has."""
        builder = builder_of(self.cache)
        marks = (f"{BUILDER}={builder}", f"{TASK}={builder}")
        found = [self.client.api.containers(all=True, filters={"label": mark}) for mark in marks]
        images = self.client.api.images(filters={"label": marks[0], "dangling": True})
        return [container for part in found for container in part], images


def run(client: DockerClient, image: str, *command: str) -> str:
    """What a command prints in a container of the image."""
    container = client.containers.create(image, command, network_mode="none", read_only=True)
    try:
        container.start()
        assert container.wait()["StatusCode"] == 0
        output: bytes = container.logs(stderr=False)
        return output.decode()
    finally:
        container.remove(force=True)
