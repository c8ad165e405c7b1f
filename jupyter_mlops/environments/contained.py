"""A short program in a container of an image: no network, nothing writable, gone at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlops.environments.labels import TASK
from jupyter_mlops.errors import MlopsError

if TYPE_CHECKING:
    from docker import DockerClient


class NoProgram(MlopsError):
    """The image has no such program, or it cannot be started; ``image`` says which."""

    def __init__(self, message: str, *, image: str) -> None:
        self.image = image
        super().__init__(message)


def run_contained(
    client: DockerClient, image: str, command: Sequence[str], *, builder: str
) -> tuple[int, str]:
    """Exit code of ``command``, and what it wrote to stdout and stderr.

    Args:
        client: the engine.
        image: id or name of the image.
        command: the program and its arguments; the image's entrypoint is not used.
        builder: value of the label ``TASK``; what a killed driver leaves is found by it.

    Raises:
        NoProgram: the program is not in the image.
    """
    from docker.errors import APIError, NotFound

    container = client.containers.create(
        image,
        entrypoint=[command[0]],
        command=list(command[1:]),
        user="65534:65534",
        network_mode="none",
        read_only=True,
        tmpfs={"/tmp": "size=256m,mode=1777,exec"},
        environment={"HOME": "/tmp"},
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        labels={TASK: builder},
        working_dir="/",
    )
    try:
        try:
            container.start()
        except NotFound as error:
            raise NoProgram(str(error.explanation), image=image) from error
        except APIError as error:
            if "no such file" not in str(error) and "not found" not in str(error):
                raise
            raise NoProgram(str(error.explanation), image=image) from error
        code = int(container.wait()["StatusCode"])
        return code, container.logs().decode(errors="replace")
    finally:
        container.remove(force=True)
