"""One image made from another: files are put in, a program runs, the outcome is committed.

A Dockerfile would keep the package index and the certificates of this machine in a layer; here the
program removes them before there is one. Nothing but the tagged image is ever left.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlops.errors import EnvironmentFailure

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as DockerImage

OWNER_LABEL = "jupyter-mlops.build"
"""On containers and images: who builds."""

_LAST_LINES = 15


def build(
    base: str,
    *,
    files: Mapping[str, bytes],
    program: Sequence[str],
    changes: Callable[[Sequence[str]], Sequence[str]],
    tag: str,
    owner: str,
    network: str,
    client: DockerClient,
    on_line: Callable[[str], None],
) -> DockerImage:
    """The image that ``program`` makes of ``base`` with ``files`` put in, as one further layer.

    Args:
        base: image to start from.
        files: path without leading ``/`` → bytes.
        program: runs as root.
        changes: Dockerfile instructions to apply, given the lines that the program printed.
        tag: name of the image.
        owner: value of `OWNER_LABEL`; what a killed build of that owner left is removed first.
        network: ``host`` or ``none``.
        client: the engine.
        on_line: called with each line that the program prints.

    Raises:
        EnvironmentFailure: the program failed; the message ends with its last lines.
    """
    for left in client.containers.list(all=True, filters={"label": f"{OWNER_LABEL}={owner}"}):
        left.remove(force=True)
    container = client.containers.create(
        base,
        entrypoint=[""],  # none, whatever the base image has
        command=list(program),
        user="0:0",
        network_mode=network,
        labels={OWNER_LABEL: owner},
    )
    try:
        container.put_archive("/", _archive(files))
        container.start()
        lines: list[str] = []
        for line in _lines(container.logs(stream=True, follow=True)):
            lines.append(line)
            on_line(line)
        if container.wait()["StatusCode"] != 0:
            raise EnvironmentFailure(
                "the image of the notebook's packages cannot be built; its last lines:\n"
                + "\n".join(f"  {line}" for line in lines[-_LAST_LINES:]),
                fix="correct what they name, or run with --engine local; JUPYTER_MLOPS_BASE_IMAGE "
                "chooses another base image (with the kernel's Python; with compilers for packages "
                "that have no wheel)",
            )
        repository, _, version = tag.partition(":")
        instructions = ['CMD ["python"]', *changes(lines)]
        container.commit(repository=repository, tag=version, changes="\n".join(instructions))
    finally:
        container.remove(force=True)
    return client.images.get(tag)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        yield from (line.decode(errors="replace").rstrip() for line in whole if line.strip())
    if rest.strip():
        yield rest.decode(errors="replace").rstrip()


def _archive(files: Mapping[str, bytes]) -> bytes:
    """A tar archive whose bytes depend on nothing but names and contents."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return archive.getvalue()
