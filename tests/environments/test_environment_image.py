from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_mlops.environments import Image, Lock, build_image
from jupyter_mlops.environments.build import OWNER_LABEL
from jupyter_mlops.environments.image import PYTHON_LABEL, owner_of
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops, load_settings

if TYPE_CHECKING:
    from docker import DockerClient

pytestmark = pytest.mark.docker

INSIDE = """
import importlib.util as u, json, os, pathlib, platform, sys
import jupyter_mlops.kernel_state, jupyter_mlops.step
here = [n for n in ("papermill", "ipykernel", "cloudpickle") if u.find_spec(n)]
more = ("jupyterlab", "jupyter_server", "notebook", "sqlalchemy", "docker", "jupyter_mlops.runner")
print(json.dumps({
    "python": platform.python_version(),
    "executable": sys.executable,
    "uid": os.getuid(),
    "has": here,
    "more": [n for n in more if u.find_spec(n)],
    "opt": sorted(os.listdir("/opt")),
    "compiled": len(list(pathlib.Path("/opt/venv/lib").rglob("papermill/**/*.pyc"))) > 10,
}))
"""


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds with a cache of its own, and knows what of it is left on the engine."""

    lock: Lock
    cache: Path
    client: DockerClient

    def build(self, *, lock: Lock | None = None, settings: Mlops | None = None) -> Built:
        lines: list[str] = []
        image = build_image(
            lock or self.lock,
            settings=settings or load_settings(),
            client=self.client,
            store_cache=self.cache,
            on_line=lines.append,
        )
        return Built(image=image, lines=lines)

    def left(self, lock: Lock) -> tuple[list[Any], list[Any]]:
        """Containers, and images that have no name."""
        label = {"label": f"{OWNER_LABEL}={owner_of(lock, self.cache)}"}
        images = self.client.images.list(all=True, filters=label)
        return (
            self.client.containers.list(all=True, filters=label),
            [image for image in images if not image.tags],
        )


@dataclass(frozen=True, kw_only=True)
class Built:
    image: Image
    lines: list[str]


@pytest.fixture
def builder(
    shared_cache: Path, step_image: str, tmp_path: Path, docker_client: DockerClient
) -> Iterator[Builder]:
    """A builder with a lock of one package, of which no image was ever made."""
    texts = [path.read_text() for path in (shared_cache / "locks").iterdir()]
    entry = re.search(r"^cloudpickle==.*?(?=^\S)", texts[0], re.M | re.S)
    assert entry is not None
    text = f"# Python {'{}.{}'.format(*sys.version_info[:2])}\n# {tmp_path}\n{entry.group()}"
    made = Builder(lock=read_lock(text), cache=tmp_path / "cache", client=docker_client)
    yield made
    label = f"{OWNER_LABEL}={owner_of(made.lock, made.cache)}"
    for image in docker_client.images.list(filters={"label": label}):
        docker_client.images.remove(image.id, force=True)


def run(client: DockerClient, image: str, program: str) -> Any:
    """The JSON that a Python program prints in a container of the image."""
    output = client.containers.run(
        image, ["python", "-c", program], network_mode="none", read_only=True, remove=True
    )
    return json.loads(output)


def test_what_an_image_holds(step_image: str, docker_client: DockerClient) -> None:
    image = docker_client.images.get(step_image)
    assert run(docker_client, step_image, INSIDE) == {
        "python": image.labels[PYTHON_LABEL],
        "executable": "/opt/venv/bin/python",
        "uid": 65534,
        "has": ["papermill", "ipykernel", "cloudpickle"],
        "more": [],
        "opt": ["mlops", "venv"],
        "compiled": True,
    }
    assert image.attrs["Config"]["User"] == "65534:65534"
    assert image.attrs["Config"]["Entrypoint"] is None


def test_an_image_keeps_nothing_of_this_machine(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "secret.test")
    built = builder.build()
    config = builder.client.images.get(built.image.id).attrs["Config"]
    names = {entry.partition("=")[0] for entry in config["Env"]}
    assert names == {"PATH", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    layers = builder.client.api.history(built.image.id)
    assert [layer for layer in layers if "secret" in json.dumps(layer)] == []
    search = "import os, json; print(json.dumps(sorted(os.listdir('/opt/mlops'))))"
    files = ["install", "jupyter_mlops", "requirements.lock"]
    assert run(builder.client, built.image.id, search) == files


def test_nothing_is_built_twice(builder: Builder) -> None:
    first = builder.build()
    second = builder.build()
    assert any("Successfully installed cloudpickle" in line for line in first.lines)
    assert second == Built(image=first.image, lines=[])
    assert builder.left(builder.lock) == ([], [])


def test_of_two_builds_at_once_one_builds_and_one_waits(builder: Builder) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = [build.result() for build in [pool.submit(builder.build) for _ in range(2)]]
    assert one.image == other.image
    assert sorted(any("Successfully installed" in x for x in b.lines) for b in (one, other)) == [
        False,
        True,
    ]


@dataclass(frozen=True, kw_only=True)
class Failing:
    title: str
    change: Callable[[str], str] = str
    base_image: str = ""
    message: str
    fix: str


BUILD = "the image of the notebook's packages cannot be built; its last lines:\n"
FAILING = [
    Failing(
        title="a package with another hash",
        change=lambda text: re.sub("sha256:..", "sha256:00", text),
        message=f"{BUILD}(  .*\n)*.*THESE PACKAGES DO NOT MATCH THE HASHES",
        fix="correct what they name",
    ),
    Failing(
        title="a base image with another Python",
        change=lambda text: re.sub("^# Python .*", "# Python 3.99", text),
        message=f"{BUILD}  (3.[0-9.]+)\n  the base image has Python \\1, "
        "the kernel of the notebook 3.99$",
        fix="JUPYTER_MLOPS_BASE_IMAGE chooses another base image",
    ),
    Failing(
        title="no base image",
        base_image="jupyter-mlops.invalid/nothing:{version}",
        message=r"the base image jupyter-mlops\.invalid/nothing:\d\.\d+ is not here and cannot be "
        "pulled: .+",
        fix="set JUPYTER_MLOPS_BASE_IMAGE to an image with Python ",
    ),
]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.title)
def test_a_build_that_fails_says_why_and_leaves_nothing(case: Failing, builder: Builder) -> None:
    lock = read_lock(case.change(builder.lock.text))
    settings = load_settings()
    settings.base_image = case.base_image or settings.base_image
    with pytest.raises(EnvironmentFailure) as caught:
        builder.build(lock=lock, settings=settings)
    assert re.match(case.message, caught.value.message)
    assert case.fix in caught.value.fix
    assert builder.left(lock) == ([], [])


KILLED = """
import sys, docker
from pathlib import Path
from jupyter_mlops.environments.image import build_image
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.settings import load_settings
cache, text = sys.argv[1:]
build_image(read_lock(text), settings=load_settings(), client=docker.from_env(),
            store_cache=Path(cache), on_line=lambda line: print(line, flush=True))
"""


def test_what_a_killed_build_left_is_removed_by_the_next(builder: Builder) -> None:
    command = [sys.executable, "-c", KILLED, str(builder.cache), builder.lock.text]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith(" "):
            assert process.poll() is None  # the build's own lines are indented
        process.send_signal(signal.SIGKILL)
    (container,), _ = builder.left(builder.lock)
    built = builder.build()
    assert builder.left(builder.lock) == ([], [])
    assert container.id not in {c.id for c in builder.client.containers.list(all=True)}
    assert run(builder.client, built.image.id, "import cloudpickle; print(1)") == 1
