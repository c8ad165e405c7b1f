"""An engine of the test's own: its disk gets full, it is killed in mid-build."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builder import Builder, run
from distfiles import Wheel, lock_of

sys.path.append(str(Path(__file__).parents[1] / "store"))

from small_file_system import small_file_system

from jupyter_mlops.errors import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

SIZE = "700m"


@dataclass(kw_only=True)
class Engine:
    """A Docker daemon with a small disk."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    def start(self) -> DockerClient:
        import docker
        from docker.errors import DockerException

        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *("dockerd", "--bridge=none", "--iptables=false", "--host", self.address),
                    *("--data-root", self.folder / "disk" / "data"),
                    *("--exec-root", self.folder / "exec", "--pidfile", self.folder / "pid"),
                ],
                stdout=log,
                stderr=log,
            )
        for _ in range(600):
            with contextlib.suppress(DockerException):
                client = docker.DockerClient(base_url=self.address, timeout=300)
                client.ping()
                return client
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        last = (self.folder / "log").read_text()[-300:]
        raise RuntimeError(f"the second engine does not start: {last}")

    def kill(self) -> None:
        """End the daemon as a power cut does, and what it started."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        helper = self.folder / "exec" / "containerd" / "containerd.pid"
        if helper.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(helper.read_text()), 9)
        # The helper may stay a zombie, whose number would be taken for a living one.
        shutil.rmtree(helper.parent, ignore_errors=True)
        (self.folder / "pid").unlink(missing_ok=True)


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if shutil.which("dockerd") is None or os.getuid() != 0:
        pytest.skip("no second engine can be started by this user")
    folder = tmp_path_factory.mktemp("engine")
    with small_file_system(folder / "disk", SIZE):
        held = Engine(folder=folder)
        try:
            yield held
        finally:
            if held.process is not None:
                held.kill()


@pytest.fixture
def own(builder: Builder, engine: Engine, base_image: str) -> Builder:
    """A builder on the engine, which has the base image."""
    client = engine.start()
    client.images.load(builder.client.images.get(base_image).save(named=True))
    return replace(builder, client=client)


def test_a_full_disk_is_named_and_the_next_build_works(own: Builder) -> None:
    wheels = Path(own.settings.wheelhouse)
    large = Wheel(name="large", files={"large.txt": "0" * 400_000_000})
    with pytest.raises(EngineError) as caught:
        own.build(lock=lock_of(large.write(wheels)))
    assert caught.value.message == (
        "the image cannot be built: no space is left on the engine's disk"
    )
    assert "jupyter mlops image gc" in caught.value.fix
    assert own.left() == ([], [])
    assert run(own.client, own.build().image.id, "say") == "said /opt/venv/bin/python\n"


@pytest.mark.parametrize("moment", ["  Step 4/", "  Step 6/"])
def test_after_the_engine_was_killed_the_next_build_works(
    moment: str, own: Builder, engine: Engine
) -> None:
    class Killing(list[str]):
        def append(self, line: str) -> None:
            if line.startswith(moment):
                engine.kill()
            super().append(line)

    with pytest.raises(EngineError) as caught:
        own.build(lines=Killing())
    assert "engine" in caught.value.message
    again = replace(own, client=engine.start())
    built = again.build()
    assert run(again.client, built.image.id, "say") == "said /opt/venv/bin/python\n"
    assert again.left() == ([], [])
