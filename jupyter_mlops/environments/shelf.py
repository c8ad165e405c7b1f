"""The images on the engine that this package made: list them, remove those of no use, push one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.environments import labels
from jupyter_mlops.environments.base import split_name
from jupyter_mlops.environments.image import building, engine_problems
from jupyter_mlops.environments.own import own_tag
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model.run import Run

if TYPE_CHECKING:
    from docker import DockerClient

DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedImage:
    """An image on the engine that this package made.

    Attributes:
        names: what it is called; a pushed one has its registry's name too.
        id: ``sha256:…`` as the engine knows it.
        kind: ``step``, ``packages`` or ``base`` (of an own Dockerfile).
        size: bytes, with the layers that it shares with others.
        created: ISO 8601, UTC.
        python: version of its interpreter, or "".
        lock: digest of the lock, or "".
        base: identity of its base image, or "".
        packages: name of the packages image below a step image, or "".
        builder: which store's cache it was made for.
        runs: recorded runs whose steps ran in it, newest first.
    """

    names: tuple[str, ...]
    id: str
    kind: str
    size: int
    created: str
    python: str = ""
    lock: str = ""
    base: str = ""
    packages: str = ""
    builder: str = ""
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was removed, or would be.

    Attributes:
        removed: images that are gone.
        in_use: images of no use that a container holds.
        kept: how many images were kept.
    """

    removed: tuple[ShelvedImage, ...] = ()
    in_use: tuple[ShelvedImage, ...] = ()
    kept: int = 0


def list_images(client: DockerClient, runs: Iterable[Run]) -> tuple[ShelvedImage, ...]:
    """The named images that this package made, newest first.

    Args:
        client: the engine.
        runs: recorded runs, newest first.

    Raises:
        EngineError: the engine does not answer.
    """
    users: dict[str, dict[str, None]] = {}
    for run in runs:
        for report in run.steps:
            if report.environment is not None and report.environment.image is not None:
                users.setdefault(report.environment.image, {})[run.run] = None
    with engine_problems():
        found = client.api.images(filters={"label": labels.KIND})
    images = [_shelved(image, users) for image in found if image.get("RepoTags")]
    return tuple(sorted(images, key=lambda image: (image.created, image.names), reverse=True))


def collect(
    client: DockerClient,
    runs: Iterable[Run],
    *,
    builder: str | None,
    keep: float,
    store_cache: Path,
    dry_run: bool,
    on_line: Callable[[str], None],
) -> Collected:
    """Remove the images that no run of the last days used and that are no younger themselves.

    Only images that this package made are looked at. One that is needed again is built again.

    Args:
        client: the engine.
        runs: recorded runs.
        builder: only images that were made for this cache; None for those of every store.
        keep: days.
        store_cache: the store's folder of what can be made anew.
        dry_run: True to remove nothing.
        on_line: called when another build is waited for.

    Raises:
        EngineError: the engine does not answer.
    """
    oldest = datetime.fromtimestamp(time.time() - keep * DAY, UTC).isoformat()
    recent = [run for run in runs if run.started >= oldest or run.state == "running"]
    with building(store_cache, client, on_line):
        images = list_images(client, recent)
        used = [image for image in images if image.runs or image.created >= oldest]
        needed = {image.packages for image in used} | {own_tag(image.base) for image in used}
        kept = [i for i in images if i in used or needed.intersection(i.names)]
        useless = [i for i in images if i not in kept and builder in (None, i.builder)]
        # Those that others are built on come last.
        useless.sort(key=lambda image: ("step", "packages", "base").index(image.kind))
        blocked = () if dry_run else [i for i in useless if not _remove(client, i)]
    return Collected(
        removed=tuple(image for image in useless if image not in blocked),
        in_use=tuple(blocked),
        kept=len(images) - len(useless),
    )


def push_image(
    client: DockerClient, image: str, target: str, *, on_line: Callable[[str], None]
) -> str:
    """The pushed image's name with its digest, ``registry/name@sha256:…``.

    Args:
        client: the engine; the credentials are those of ``docker login``.
        image: name of an image, ``repository:tag``.
        target: ``REGISTRY/NAME[:TAG]``; without a tag it gets the image's own.
        on_line: called with what the engine says.

    Raises:
        EngineError: the engine or the registry refuses.
    """
    repository, tag = split_name(target)
    tag = tag or split_name(image)[1]
    digest = ""
    with engine_problems():
        client.api.tag(image, repository, tag)
        for answer in client.api.push(repository, tag, stream=True, decode=True):
            if "error" in answer:
                raise EngineError(
                    f"{repository}:{tag} cannot be pushed: {answer['error']}",
                    fix=f"`docker login {repository.partition('/')[0]}`, and see that you may "
                    "write there",
                )
            if "progress" not in answer and answer.get("status"):
                on_line(f"{answer.get('id', '')} {answer['status']}".strip())
            digest = answer.get("aux", {}).get("Digest", digest)
    return f"{repository}@{digest}"


def _shelved(image: Mapping[str, Any], users: Mapping[str, Iterable[str]]) -> ShelvedImage:
    found = image.get("Labels") or {}
    return ShelvedImage(
        names=tuple(sorted(image["RepoTags"])),
        id=image["Id"],
        kind=found[labels.KIND],
        size=image["Size"],
        created=datetime.fromtimestamp(image["Created"], UTC).isoformat(),
        python=found.get(labels.PYTHON, ""),
        lock=found.get(labels.LOCK, ""),
        base=found.get(labels.BASE, ""),
        packages=found.get(labels.PACKAGES, ""),
        builder=found.get(labels.BUILDER, ""),
        runs=tuple(users.get(image["Id"], ())),
    )


def _remove(client: DockerClient, image: ShelvedImage) -> bool:
    """True if the image is gone; False if a container holds it."""
    from docker.errors import APIError, NotFound

    with engine_problems():
        for name in image.names:
            try:
                client.api.remove_image(name)
            except NotFound:
                continue
            except APIError as error:
                if error.status_code != 409:
                    raise
                return False
    return True
