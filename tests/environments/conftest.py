"""Kernels, and an environment that is not the one of the tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builder import Builder
from distfiles import Wheel, lock_of
from installed import Dist

from jupyter_mlops.environments.image import builder_of
from jupyter_mlops.environments.labels import BUILDER
from jupyter_mlops.settings import load_settings

if TYPE_CHECKING:
    from docker import DockerClient

AddKernel = Callable[..., None]


@pytest.fixture
def add_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddKernel:
    """Installs a kernelspec: ``add_kernel("r", argv=["R"], language="R")``."""
    folder = tmp_path / "jupyter-path"
    monkeypatch.setenv("JUPYTER_PATH", str(folder))

    def add(name: str, *, argv: Sequence[str], language: str = "python") -> None:
        spec = folder / "kernels" / name
        spec.mkdir(parents=True)
        text = json.dumps({"argv": list(argv), "display_name": name, "language": language})
        (spec / "kernel.json").write_text(text)

    return add


@pytest.fixture(scope="session")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another interpreter, with distributions of its own."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for dist in (
        Dist(
            name="Alpha.Lib", version="2.1", requires=("beta>=1",), files={"alpha/__init__.py": ""}
        ),
        Dist(name="beta", version="1.4", requires=("absent; extra == 'x'",), files={"beta.py": ""}),
        Dist(name="delta", files={"delta.py": ""}, origin="file:///home/me/delta"),
        Dist(name="pyarrow", version="9", files={"pyarrow/__init__.py": ""}),
        Dist(name="unrelated", files={"unrelated.py": ""}),
    ):
        dist.install(site)
    return folder


@pytest.fixture
def builder(base_image: str, tmp_path: Path, docker_client: DockerClient) -> Iterator[Builder]:
    """A builder with a lock of one package, of which no image was ever made."""
    with _builder(tmp_path, docker_client) as made:
        yield made


@pytest.fixture(scope="module")
def common_builder(
    base_image: str, tmp_path_factory: pytest.TempPathFactory, docker_client: DockerClient
) -> Iterator[Builder]:
    """The same for all tests of a module: what one of them built is there for the others."""
    with _builder(tmp_path_factory.mktemp("builder"), docker_client) as made:
        yield made


@contextmanager
def _builder(folder: Path, client: DockerClient) -> Iterator[Builder]:
    (folder / "wheels").mkdir()
    script = f"import sys\nplace = {str(folder)!r}\ndef main(): print('said', sys.executable)\n"
    wheel = Wheel(name="alpha", files={"alpha.py": script}, scripts={"say": "alpha:main"})
    settings = load_settings()
    settings.wheelhouse = str(folder / "wheels")
    made = Builder(
        lock=lock_of(wheel.write(folder / "wheels")),
        cache=folder / "cache",
        settings=settings,
        client=client,
    )
    yield made
    for image in client.api.images(filters={"label": f"{BUILDER}={builder_of(made.cache)}"}):
        for name in image["RepoTags"]:
            client.api.remove_image(name, force=True)
