"""An image taken off an engine in parts with digests, and given to another one.

An image's id is the SHA-256 of its configuration, which names its layers by theirs. So it needs no
archive's word: parts that have these digests are that image, and nothing else is handed on. In
particular no name is, so that an image that comes in a file can take the place of no other.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from jupyter_mlops.environments.context import chunks_of, tar_end, tar_entry
from jupyter_mlops.environments.image import engine_problems, find_image
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store.disk import temporary

if TYPE_CHECKING:
    from docker import DockerClient

ARRIVED = "jupyter-mlops-imported"
"""Repository of the names that images from files get; their tag is the whole id."""

_MANIFEST = "manifest.json"
_FOREIGN = "the engine keeps it in a form that its id says nothing of (containerd's image store)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedImage:
    """An image that lies in a temporary archive.

    Attributes:
        id: ``sha256:…``, digest of its configuration.
        config: its configuration.
        layers: digests of its layers, the lowest first.
        sizes: bytes of configuration and layers, by digest.
        archive: the open file.
        entries: where in it each layer lies.
    """

    id: str
    config: bytes
    layers: tuple[str, ...]
    sizes: Mapping[str, int]
    archive: tarfile.TarFile
    entries: Mapping[str, str]

    def open(self, layer: str) -> BinaryIO:
        """The bytes of a layer; whoever reads them compares their digest."""
        return cast("BinaryIO", self.archive.extractfile(self.entries[layer]))


@contextmanager
def save_image(client: DockerClient, image: str, folder: Path) -> Iterator[SavedImage]:
    """An image of the engine in parts, while the block lasts.

    Args:
        client: the engine.
        image: its id.
        folder: where its archive lies meanwhile.

    Raises:
        EnvironmentFailure: the engine has no such image, or not in this form.
        EngineError: the engine fails.
    """
    part = temporary(folder)
    try:
        with engine_problems():
            if find_image(client, image) is None:
                raise EnvironmentFailure("it is not on the Docker engine any more")
            with part.open("xb") as target:
                for chunk in client.api.get_image(image):
                    target.write(chunk)
        with tarfile.open(part, "r:") as archive:
            yield _parts(image, archive)
    finally:
        part.unlink(missing_ok=True)


def _parts(image: str, archive: tarfile.TarFile) -> SavedImage:
    (described,) = json.loads(_content(archive, _MANIFEST))
    config = _content(archive, described["Config"])
    if of_bytes(config) != image:
        raise EnvironmentFailure(_FOREIGN)
    layers = layers_of(config)
    entries = dict(zip(layers, described["Layers"], strict=True))
    sizes = {image: len(config)}
    for digest, name in entries.items():
        with cast("BinaryIO", archive.extractfile(name)) as layer:  # follows links
            sizes[digest] = layer.seek(0, 2)
    return SavedImage(
        id=image, config=config, layers=layers, sizes=sizes, archive=archive, entries=entries
    )


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    with cast("BinaryIO", archive.extractfile(name)) as file:
        return file.read()


def layers_of(config: bytes) -> tuple[str, ...]:
    """Digests of an image's layers, the lowest first.

    Raises:
        ValueError, KeyError, TypeError: it is no image's configuration.
    """
    layers = json.loads(config)["rootfs"]["diff_ids"]
    if not isinstance(layers, list) or not all(isinstance(layer, str) for layer in layers):
        raise ValueError("it lists no layers")
    return tuple(layers)


def load_image(
    client: DockerClient,
    image: str,
    layers: Sequence[str],
    sizes: Mapping[str, int],
    open_part: Callable[[str], AbstractContextManager[BinaryIO]],
) -> bool:
    """True if the image was given to the engine; False if it had it.

    Args:
        client: the engine.
        image: its id, and the digest of its configuration.
        layers: digests of its layers, the lowest first, as its configuration lists them.
        sizes: bytes of configuration and layers, by digest.
        open_part: gives the bytes of configuration and layers, whose digests were verified.

    Raises:
        EnvironmentFailure: the engine refused, or calls it otherwise.
        EngineError: the engine fails.
    """
    with engine_problems():
        if find_image(client, image) is not None:
            return False
        problems = [
            str(answer["error"])
            for answer in client.api.load_image(_archive(image, layers, sizes, open_part))
            if "error" in answer
        ]
        if problems:
            raise EnvironmentFailure(f"the Docker engine refuses it: {'; '.join(problems)}")
        found = find_image(client, image)
        if found is None:
            raise EnvironmentFailure(f"the Docker engine gave it another id: {_FOREIGN}")
        found.tag(ARRIVED, tag=image.removeprefix("sha256:"))
    return True


def _archive(
    image: str,
    layers: Sequence[str],
    sizes: Mapping[str, int],
    open_part: Callable[[str], AbstractContextManager[BinaryIO]],
) -> Iterator[bytes]:
    """What ``docker load`` reads, with no names in it."""
    names = {digest: f"{digest.removeprefix('sha256:')}/layer.tar" for digest in layers}
    names[image] = f"{image.removeprefix('sha256:')}.json"
    told: list[dict[str, Any]] = [
        {"Config": names[image], "RepoTags": None, "Layers": [names[digest] for digest in layers]}
    ]
    for digest, name in names.items():
        with open_part(digest) as source:
            yield from tar_entry(name, sizes[digest], chunks_of(source))
    manifest = json.dumps(told).encode()
    yield from tar_entry(_MANIFEST, len(manifest), [manifest])
    yield from tar_end()
