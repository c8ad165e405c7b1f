"""The command of an opened step's kernelspec: a container with the kernel, and a way to it.

The kernel listens at Unix sockets in a folder of its own, so that it needs no network. Whatever the
client's connection file names leads there. The container ends with this process, however that ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.engines.docker import explained, remove_container
from jupyter_mlops.environments.prepare import connect
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.lineage.debugkernel import CONNECTION, OPENED, SOCKETS, ContainedKernel
from jupyter_mlops.lineage.relay import Address, relaying
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.step.scratch import scratch_folder

if TYPE_CHECKING:
    from docker import DockerClient

_CHANNELS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


def main(argv: Sequence[str]) -> int:
    """Run the kernel until it ends, or SIGTERM ends it; 1 if it cannot be started.

    Args:
        argv: path of a `ContainedKernel`, path of the connection file.
    """
    about, connection_file = map(Path, argv)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the kernel is interrupted by message
    signal.signal(signal.SIGTERM, _end)
    try:
        kernel = from_json(ContainedKernel, json.loads(about.read_bytes()))
        connection = json.loads(connection_file.read_bytes())
        with scratch_folder() as sockets, _client() as client:
            (sockets / CONNECTION).write_text(json.dumps(_inside(connection)))
            with _started(client, about, kernel, sockets) as stream:
                asyncio.run(_serve(connection, sockets, stream))
    except MlopsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _client() -> Iterator[DockerClient]:
    client = connect()
    try:
        with explained():
            yield client
    finally:
        client.close()


@contextmanager
def _started(
    client: DockerClient, about: Path, kernel: ContainedKernel, sockets: Path
) -> Iterator[Any]:
    """A socket with the output of the running container, which is removed at the end."""
    container = None
    try:
        with about.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # what was created and not started is a leftover
            _remove_leftovers(client, kernel.folder)
            container = client.containers.create(**kernel.options(sockets))
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            stream = container.attach_socket(params=streams)
            container.start()
        socket = getattr(stream, "_sock", stream)
        socket.settimeout(None)
        socket.sendall(json.dumps(kernel.given(os.environ)).encode() + b"\n")
        yield socket
    finally:
        if container is not None:
            remove_container(container)


def _remove_leftovers(client: DockerClient, folder: str) -> None:
    found = client.containers.list(
        all=True, filters={"label": f"{OPENED}={folder}", "status": "created"}
    )
    for container in found:
        remove_container(container)


def _inside(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The connection file as the kernel reads it."""
    ports = {channel: number for number, channel in enumerate(_CHANNELS, 1)}
    return {**connection, **ports, "transport": "ipc", "ip": f"{SOCKETS}/k"}


async def _serve(connection: Mapping[str, Any], sockets: Path, stream: Any) -> None:
    """Lead clients to the kernel, and show what it writes, until it ends."""
    ip, is_ipc = connection["ip"], connection["transport"] == "ipc"
    routes: dict[Address, str] = {}
    for number, channel in enumerate(_CHANNELS, 1):
        port = connection[channel]
        routes[f"{ip}-{port}" if is_ipc else (ip, port)] = f"{sockets}/k-{number}"
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)

    def show() -> None:
        _show(stream)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=show, daemon=True).start()
    async with relaying(routes):
        await ended.wait()


def _show(stream: Any) -> None:
    """Write to stderr what the container writes, until it ends."""
    from docker.utils.socket import frames_iter

    with suppress(OSError):
        for _, part in frames_iter(stream, tty=False):
            os.write(2, part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
