"""One build of a Dockerfile by the engine, through the API that every engine has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.environments.labels import BUILDER, PREFIX, TASK
from jupyter_mlops.errors import EngineError, EnvironmentFailure

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as DockerImage

_LAST_LINES = 15
_UNKNOWN = re.compile(r"E: (?:Unable to locate package|Package|Version '[^']*' for) '?([^\s']+)")
_FULL = re.compile(r"no space left on device", re.I)


def build(
    chunks: Iterable[bytes],
    *,
    tag: str,
    client: DockerClient,
    network: str,
    proxies: Mapping[str, str],
    on_line: Callable[[str], None],
    dockerfile: str = "Dockerfile",
) -> DockerImage:
    """The image that a Dockerfile makes, under the name ``tag``.

    The name is given at the end: nothing half-made is ever found by it.

    Args:
        chunks: the build context as a tar archive, with the Dockerfile in it.
        tag: name of the image.
        client: the engine.
        network: ``host`` or ``none``; what ``RUN`` instructions get.
        proxies: predefined build arguments, which leave no trace in the image.
        on_line: called with each line that the build prints.
        dockerfile: its path in the context.

    Raises:
        EnvironmentFailure: an instruction failed; the message ends with its last lines.
        EngineError: the engine went away, or its disk is full.
    """
    answers = client.api.build(
        fileobj=_Closable(chunks),
        custom_context=True,
        dockerfile=dockerfile,
        tag=tag,
        rm=True,
        forcerm=True,
        network_mode=network,
        buildargs=dict(proxies),
        decode=True,
    )
    printed = Printed(on_line)
    for answer in answers:
        if "error" in answer:
            printed.end_line()
            raise _failure([*printed.lines, *_clean(answer["error"]).splitlines()])
        printed.add(answer.get("stream", ""))
    printed.end_line()
    return _found(client, tag, printed.lines)


def remove_leftovers(client: DockerClient, builder: str) -> None:
    """Remove what killed or failed builds for ``builder`` left: containers, nameless images.

    A container of a finished image inherits its labels, and is none of those.
    """
    from docker.errors import APIError

    mark = {"label": f"{BUILDER}={builder}"}
    nameless = {image["Id"] for image in client.api.images(all=True, filters=mark) if _bare(image)}
    ours = [
        c["Id"] for c in client.api.containers(all=True, filters={"label": f"{TASK}={builder}"})
    ]
    ours += [
        container["Id"]
        for container in client.api.containers(all=True, filters={**mark, "status": "exited"})
        if container["ImageID"] in nameless and f"{PREFIX}.run" not in container["Labels"]
    ]
    for container in ours:
        client.api.remove_container(container, force=True)
    for image in client.api.images(filters={**mark, "dangling": True}):
        try:
            client.api.remove_image(image["Id"])
        except APIError as error:
            if error.status_code not in (404, 409):  # gone with another one, or in use
                raise


def _bare(image: Mapping[str, Any]) -> bool:
    """Whether an image has no name."""
    return not [name for name in image.get("RepoTags") or () if name != "<none>:<none>"]


class _Closable:
    """An iterable as docker-py wants it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def close(self) -> None:
        """Nothing: what the chunks were read from is closed already."""


def _found(client: DockerClient, tag: str, lines: Iterable[str]) -> DockerImage:
    from docker.errors import ImageNotFound

    try:
        return client.images.get(tag)
    except ImageNotFound:
        raise EngineError(
            "the engine ended in mid-build; its last lines:\n" + _last(lines),
            fix="look at the engine (`docker info`, its log), then run again",
        ) from None


class Printed:
    """The lines that a build prints: they come in pieces, each coloured by itself."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.lines: list[str] = []
        self._begun = ""
        self._on_line = on_line

    def add(self, piece: str) -> None:
        """Take the next piece of the output."""
        *ended, self._begun = (self._begun + _clean(piece)).split("\n")
        for line in ended:
            if line.strip():
                self.lines.append(line.rstrip())
                self._on_line(line.rstrip())

    def end_line(self) -> None:
        """End a line that the build left open."""
        self.add("\n")


def _clean(text: Any) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(text)).replace("\r", "\n")


def _last(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for line in list(lines)[-_LAST_LINES:])


def _failure(lines: list[str]) -> EnvironmentFailure | EngineError:
    text = "\n".join(lines)
    if unknown := sorted(set(_UNKNOWN.findall(text))):
        return EnvironmentFailure(
            f"apt.txt names what the base image's sources do not have: {', '.join(unknown)}",
            fix="correct apt.txt beside the notebook (packages.debian.org finds a package by a "
            "file in it)",
        )
    if _FULL.search(text):
        return EngineError(
            "the image cannot be built: no space is left on the engine's disk",
            fix="free some space there: `jupyter mlops image gc`, `docker system df`",
        )
    return EnvironmentFailure(
        "the image of the notebook's packages cannot be built; its last lines:\n" + _last(lines),
        fix="correct what they name, or run with --engine local",
    )
