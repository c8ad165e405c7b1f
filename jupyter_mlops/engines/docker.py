"""The Docker engine: each attempt is a hardened container that is removed when it has ended."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_mlops.engines.base import Capabilities, Exit
from jupyter_mlops.engines.container import (
    LABEL,
    container_name,
    container_options,
    make_mount_points,
)
from jupyter_mlops.engines.waiting import ContainerEnd
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model.task import Task

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

_ANSWER_SECONDS = 120
_STOP_SECONDS = 5
_KILLED = 128 + signal.SIGKILL
_PAUSES_FOR_MEMORY = (0.1, 0.2, 0.4, 0.8)


def connect() -> DockerEngine:
    """The Docker engine that the environment names, after it has answered.

    Raises:
        EngineError: if it does not answer, saying whether it is not installed, not running or not
            permitted.
    """
    import docker

    with explained():
        client = docker.from_env(timeout=_ANSWER_SECONDS)
        client.ping()
    return DockerEngine(client)


class DockerEngine:
    """Runs attempts in containers.

    Args:
        client: of an engine that answers; closed with this engine.
    """

    name = "docker"

    def __init__(self, client: DockerClient) -> None:
        self._client = client
        self._tasks: dict[str, Task] = {}
        self._ends: dict[str, ContainerEnd] = {}

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the daemon says that it can limit."""
        with explained():
            info = self._client.info()
        return Capabilities(
            memory=bool(info.get("MemoryLimit")),
            cpus=bool(info.get("CpuCfsQuota")),
            pids=bool(info.get("PidsLimit", True)),
            gpus="nvidia" in info.get("Runtimes", {}),
            network_none=True,
            images=True,
            isolated=True,
        )

    def start(self, task: Task) -> str:
        """See ``Engine.start``."""
        from docker.errors import NotFound

        name = container_name(task)
        make_mount_points(task)
        with explained():
            try:
                container = self._client.containers.get(name)
            except NotFound:
                container = self._create(task)
            self._tasks[name] = task
            if container.status == "created":
                self._launch(container, task)
        if name not in self._ends:
            self._ends[name] = ContainerEnd(self._client.api, name)
        return name

    def _launch(self, container: Any, task: Task) -> None:
        """Start the container and, if the step has secrets, write them to its standard input.

        They stand neither in the container's configuration, which the engine keeps on disk, nor in
        its log.
        """
        if not task.secrets:
            container.start()
            return
        stream = container.attach_socket(params={"stdin": 1, "stream": 1})
        try:
            container.start()
            socket = getattr(stream, "_sock", stream)
            socket.sendall(json.dumps(dict(task.secrets)).encode() + b"\n")
        finally:
            stream.close()

    def _create(self, task: Task) -> Any:
        """The container, which a second start of the same attempt may have made meanwhile."""
        from docker.errors import APIError

        options = container_options(task)
        if not self.capabilities.pids:
            del options["pids_limit"]
        try:
            return self._client.containers.create(**options)
        except APIError as error:
            if error.status_code == 409:
                return self._client.containers.get(options["name"])
            raise

    def poll(self, handle: str, *, patience: float = 0.0) -> Exit | None:
        """See ``Engine.poll``."""
        from docker.errors import NotFound

        if patience and not self._ends[handle].is_due(patience):
            return None
        with explained():
            try:
                state = self._state(handle)
            except NotFound:
                return Exit(code=None, message="its container was removed by somebody else")
        if state["Status"] in ("created", "running", "paused", "restarting", "removing"):
            return None
        return self._decode(handle, state)

    def _state(self, handle: str) -> dict[str, Any]:
        """The state of a container; a killed one has time to say that it was for memory.

        The engine hears of the lack of memory and of the end apart, in either order.
        """
        task = self._tasks.get(handle)
        is_limited = task is not None and task.resources.memory is not None
        for pause in _PAUSES_FOR_MEMORY if is_limited else ():
            state = self._inspect(handle)
            is_killed = state["Status"] == "exited" and state["ExitCode"] == _KILLED
            if not is_killed or state.get("OOMKilled"):
                return state
            time.sleep(pause)
        return self._inspect(handle)

    def _inspect(self, handle: str) -> dict[str, Any]:
        state: dict[str, Any] = self._client.api.inspect_container(handle)["State"]
        return state

    def _decode(self, handle: str, state: dict[str, Any]) -> Exit:
        code, oom = state["ExitCode"], bool(state.get("OOMKilled"))
        if oom and code in (0, 1, 3):
            oom = False  # a process in it was killed, and the step has reported that itself
        message = state.get("Error") or ""
        if oom:
            task = self._tasks.get(handle)
            limit = task.resources.memory if task else None
            message = "the container was killed for memory"
            if limit is not None:
                message += f": limit {limit / 2**20:.1f} MiB"
        return Exit(code=code - 256 if code > 255 else code, oom=oom, message=message)

    def stop(self, handle: str) -> None:
        """See ``Engine.stop``."""
        with explained():
            self._remove(handle)
        self._tasks.pop(handle, None)
        self._ends.pop(handle, None)

    def _remove(self, name: str) -> bool:
        """End and remove a container, and return when it is gone; False if it was gone already."""
        from docker.errors import NotFound

        try:
            container = self._client.containers.get(name)
            if container.status == "running":
                container.stop(timeout=_STOP_SECONDS)
        except NotFound:
            return False
        return remove_container(container)

    def sweep(self, is_alive: Callable[[str], bool]) -> int:
        """See ``Engine.sweep``."""
        with explained():
            found = self._client.api.containers(all=True, filters={"label": f"{LABEL}.run"})
            ours = [c["Id"] for c in found if not is_alive(c["Labels"][f"{LABEL}.run"])]
            return sum(self._remove(container) for container in ours)

    def close(self) -> None:
        """See ``Engine.close``."""
        try:
            for handle in list(self._tasks):
                self.stop(handle)
        finally:
            self._client.close()


def remove_container(container: Container) -> bool:
    """Kill and remove a container, and return when it is gone; False if it was gone already."""
    from docker.errors import APIError, NotFound

    try:
        try:
            container.remove(force=True, v=True)
        except APIError as error:
            if error.status_code != 409:
                raise
            container.wait(condition="removed")  # somebody else is removing it, or it does itself
    except NotFound:
        return False
    return True


@contextmanager
def explained() -> Iterator[None]:
    """Turn what docker-py and requests raise into an ``EngineError`` that says what to do."""
    import requests
    from docker.errors import APIError, DockerException, ImageNotFound

    try:
        yield
    except ImageNotFound as error:
        raise EngineError(
            f"the Docker engine has no such image: {error.explanation}",
            fix="run again; the step's image is then built anew",
        ) from error
    except APIError as error:
        raise EngineError(
            f"the Docker engine refuses: {error.explanation or error}",
            fix="look at the engine (`docker info`, its log), or use --engine local",
        ) from error
    except (DockerException, requests.exceptions.RequestException, OSError) as error:
        raise _unreachable(error) from error


def _unreachable(error: BaseException) -> EngineError:
    causes = list(_causes(error))
    if any(isinstance(cause, PermissionError) for cause in causes):
        return EngineError(
            "permission denied on the Docker engine's socket",
            fix="add yourself to the group docker (`sudo usermod -aG docker $USER`, log in again)",
        )
    if any(isinstance(cause, FileNotFoundError) for cause in causes):
        if shutil.which("docker") is None and shutil.which("dockerd") is None:
            return EngineError("Docker is not installed", fix="install Docker, or set DOCKER_HOST")
        return EngineError("the Docker engine is not running", fix="start it, or set DOCKER_HOST")
    if any(isinstance(cause, ConnectionError) for cause in causes):
        return EngineError("the Docker engine is not running", fix="start it, then run again")
    return EngineError(
        f"the Docker engine does not answer: {error}", fix="start it, or set DOCKER_HOST"
    )


def _causes(error: object) -> Iterator[object]:
    """The error, what it carries and what it came from."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, *cause.args]
        waiting += [getattr(cause, "reason", None)]
