"""The Docker engine against the conformance suite, and what only a container can promise."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conformance import ENDLESS
from contained import ContainConformance
from stepfolder import Code, StepFolder, make_step

from jupyter_mlops.engines import Engine, open_engine
from jupyter_mlops.engines.base import Exit
from jupyter_mlops.engines.container import container_options, work_target
from jupyter_mlops.engines.docker import DockerEngine
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model.pipeline import Resources
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient

LOOK_AROUND = r"""
import os, pathlib, re, socket, sys, tempfile

def can_write(folder):
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True

def quota():
    new = pathlib.Path("/sys/fs/cgroup/cpu.max")
    if new.exists():
        return new.read_text().split()
    old = pathlib.Path("/sys/fs/cgroup/cpu")
    return [(old / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period")]

status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines())
print({
    "user": (os.getuid(), os.getgid()),
    "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
    "no new privileges": status["NoNewPrivs"].strip(),
    "writes": [p for p in ("/", "/opt/venv", "/mlops/source", "/mlops/inputs",
                           "/mlops/step/inputs", "/tmp", ".") if can_write(p)],
    "here": os.getcwd(),
    "network": [name for _, name in socket.if_nameindex() if name == "eth0"],
    "home": can_write(os.path.expanduser("~")),
    "pids": open("/sys/fs/cgroup/pids/pids.max").read().strip()
            if os.path.exists("/sys/fs/cgroup/pids/pids.max")
            else open("/sys/fs/cgroup/pids.max").read().strip(),
    "cpus": [int(part) for part in quota()],
    "server": [name for name in ("jupyterlab", "jupyter_server", "notebook")
               if __import__("importlib.util").util.find_spec(name)],
})
"""


@pytest.mark.docker
class TestDockerEngine(ContainConformance):
    unsupported = {"1 gpus": Resources(gpus=1)}
    supported = Resources(cpus=0.5, memory=1 << 28, pids=64, network="none", timeout=9)

    @pytest.fixture
    def engine(self, docker_client: DockerClient) -> Iterator[Engine]:
        self.client = docker_client
        engine = open_engine("docker", Mlops())
        yield engine
        engine.close()

    @pytest.fixture
    def image(self, step_image: str) -> str:
        return step_image

    def left(self, step: StepFolder) -> list[str]:
        found = self.client.api.containers(all=True)
        return [
            c["Names"][0]
            for c in found
            if any(mount["Source"] == str(step.path) for mount in c["Mounts"])
        ]

    def kept_by_engine(self, handle: str) -> bytes:
        log = self.client.api.logs(handle)
        return log + json.dumps(self.client.api.inspect_container(handle)).encode()

    def shares_the_network(self, engine: Engine) -> bool:
        return False

    def hermetic_error(self, step: str, kind: str | None) -> str | None:
        """What is undeclared is not even there."""
        return {"undeclared": "FileNotFoundError", "swallowed": None}.get(step, kind)

    def kill_worker(self, engine: Engine, handle: str, step: StepFolder) -> None:
        self.client.containers.get(handle).kill()

    def test_hardening(self, engine: Engine, image: str, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source=LOOK_AROUND), folder=".")
        task = step.task(resources=Resources(network="none", pids=77, cpus=0.5), image=image)
        assert self.finish(engine, task).code == 0
        (seen,) = [e["text"] for e in step.events() if e["event"] == "output"]
        assert ast.literal_eval(seen) == {
            "user": (os.getuid(), os.getgid()),
            "capabilities": 0,
            "no new privileges": "1",
            "writes": ["/tmp", "."],
            "here": str(step.source),
            "network": [],
            "home": True,
            "pids": "77",
            "cpus": [50000, 100000],
            "server": [],
        }

    def test_killed_for_memory(self, engine: Engine, image: str, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source="x = b'x' * (1 << 30)", position=5))
        task = step.task(resources=Resources(memory=200 << 20), image=image)
        assert self.finish(engine, task).code == 1
        error = step.result().error
        assert error is not None
        assert (error.kind, error.cell, error.cell_id) == ("OutOfMemory", 5, "work")
        assert error.message.startswith(
            "the kernel was killed for memory in cell 5: limit 200.0 MiB, peak "
        )
        peak = step.result().peak_memory
        assert peak is not None
        assert 100 << 20 < peak <= 200 << 20
        assert self.left(step) == []

    def test_whole_container_killed_for_memory(
        self, engine: Engine, image: str, tmp_path: Path
    ) -> None:
        step = make_step(tmp_path, Code(source="print(1)"))
        task = step.task(resources=Resources(memory=6 << 20), image=image)
        exited = self.finish(engine, task)
        assert (exited.code, exited.oom, exited.message) == (
            137,
            True,
            "the container was killed for memory: limit 6.0 MiB",
        )
        assert self.left(step) == []

    def test_container_log_holds_the_output(
        self, engine: Engine, image: str, tmp_path: Path
    ) -> None:
        step = make_step(tmp_path, Code(source="print('é', 1 + 1)"))
        handle = engine.start(step.task(image=image))
        self.wait(engine, handle)
        log = self.client.containers.get(handle).logs().decode()
        engine.stop(handle)
        assert log == "é 2\n"

    def test_reacts_to_a_stop_as_first_process(
        self, engine: Engine, image: str, tmp_path: Path
    ) -> None:
        step = make_step(tmp_path, Code(source=ENDLESS))
        handle = engine.start(step.task(image=image))
        self.wait_for_output(step)
        self.client.containers.get(handle).kill("SIGTERM")
        exited = self.wait(engine, handle)
        engine.stop(handle)
        assert (exited.code, exited.oom) == (143, False)
        assert not (step.path / "result.json").exists()

    def test_unreadable_file_stays_unreadable(
        self, engine: Engine, image: str, tmp_path: Path
    ) -> None:
        step = make_step(tmp_path, Code(source="open('secret')"))
        (step.source / "secret").write_text("x")
        (step.source / "secret").chmod(0)
        assert self.finish(engine, step.task(image=image)).code == 1
        error = step.result().error
        assert error is not None
        assert (error.kind, error.cell) == ("PermissionError", 3)

    def test_container_removed_by_somebody_else(
        self, engine: Engine, image: str, tmp_path: Path
    ) -> None:
        step = make_step(tmp_path, Code(source="import time; print(1); time.sleep(600)"))
        handle = engine.start(step.task(image=image))
        self.wait_for_output(step)
        self.client.containers.get(handle).remove(force=True)
        exited = self.wait(engine, handle)
        engine.stop(handle)
        assert (exited.code, exited.message) == (None, "its container was removed by somebody else")


class Relay:
    """A socket that passes everything on to the Docker engine's until it is shut."""

    def __init__(self, address: Path) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(address))
        self._server.listen()
        self._open = [self._server]
        self._lock = threading.Lock()
        self._shut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        with self._lock:
            self._shut = True
            self._close(self._open)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect("/var/run/docker.sock")
                with self._lock:
                    self._open += [near, far]
                    if self._shut:
                        self._close([near, far])
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _close(self, ends: list[socket.socket]) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)


LONG = 3600.0
"""Seconds of patience, more than a test may take: the engine says when a container ends."""


@pytest.mark.docker
def test_the_end_of_a_container_is_heard(
    docker_client: DockerClient, step_image: str, tmp_path: Path
) -> None:
    engine = DockerEngine(docker_client)
    step = make_step(tmp_path, Code(source="x = 1"))
    handle = engine.start(step.task(image=step_image))
    assert engine.poll(handle, patience=LONG) == Exit(code=0)
    engine.stop(handle)


@pytest.mark.docker
def test_engine_that_goes_away(
    docker_client: DockerClient, step_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/var/run/docker.sock").is_socket():
        pytest.skip("the Docker engine does not listen on its usual socket")
    relay = Relay(tmp_path / "d.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'd.sock'}")
    engine = open_engine("docker", Mlops())
    step = make_step(tmp_path, Code(source=ENDLESS))
    handle = engine.start(step.task(image=step_image))
    assert engine.poll(handle) is None
    relay.shut()
    with pytest.raises(EngineError, match="the Docker engine is not running") as raised:
        engine.poll(handle, patience=LONG)
    assert raised.value.fix == "start it, then run again"
    docker_client.containers.get(handle).remove(force=True)


@pytest.mark.parametrize("gpus", [None, 0, 2])
def test_gpus_are_passed_on(tmp_path: Path, gpus: int | None) -> None:
    from docker.types import DeviceRequest

    task = make_step(tmp_path).task(resources=Resources(gpus=gpus), image="i")
    wanted = [DeviceRequest(count=2, capabilities=[["gpu"]])] if gpus else None
    assert container_options(task).get("device_requests") == wanted


TARGETS = {
    "/home/ada/project": "/home/ada/project",
    "/tmp/project": "/tmp/project",
    "/opt/data": "/opt/data",
    "/srv": "/srv",
    "/tmp": "/mlops/work",
    "/": "/mlops/work",
    "/opt": "/mlops/work",
    "/opt/venv/project": "/mlops/work",
    "/usr/local/share/project": "/mlops/work",
    "/etc": "/mlops/work",
    "/var": "/mlops/work",
    "/mlops/source": "/mlops/work",
}


@pytest.mark.parametrize("source", TARGETS)
def test_work_target(source: str) -> None:
    assert work_target(source) == TARGETS[source]


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """A Docker engine that does not answer."""

    id: str
    prepare: str
    path: str = "/usr/bin:/bin"
    message: str


TRY = """
import os, socket, sys
from jupyter_mlops.engines import choose_engine
from jupyter_mlops.errors import EngineError
from jupyter_mlops.settings import Mlops
import docker, requests.adapters, urllib3
address = sys.argv[1]
{prepare}
try:
    choose_engine("docker", Mlops())
except EngineError as error:
    print(error.message)
    print(bool(error.fix))
engine, notice = choose_engine("auto", Mlops())
print(engine.name)
print(notice)
"""

LISTEN = "server = socket.socket(socket.AF_UNIX); server.bind(address)\n"

UNREACHABLE = [
    Unreachable(id="not installed", prepare="", path="/nowhere", message="Docker is not installed"),
    Unreachable(
        id="not running",
        prepare=LISTEN,
        message="the Docker engine is not running",
    ),
    Unreachable(
        id="no permission",
        prepare=LISTEN
        + "server.listen(); os.chmod(address, 0)\nif os.getuid() == 0: os.setuid(65534)",
        message="permission denied on the Docker engine's socket",
    ),
]


@pytest.mark.parametrize("case", UNREACHABLE, ids=lambda case: case.id)
def test_says_why_no_engine_answers(tmp_path: Path, case: Unreachable) -> None:
    for folder in (tmp_path, tmp_path.parent):
        folder.chmod(0o755)
    address = str(tmp_path / "d.sock")
    done = subprocess.run(
        [sys.executable, "-c", TRY.format(prepare=case.prepare), address],
        env={"DOCKER_HOST": f"unix://{address}", "PATH": case.path, "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stdout.splitlines() == [
        case.message,
        "True",
        "local",
        f"no Docker engine answers ({case.message}): steps run in local kernels",
    ], done.stderr
