"""What every test can ask for: an isolated Jupyter, a Docker engine, images, notebooks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from packages import Index, serve

if TYPE_CHECKING:
    from docker import DockerClient

ROOT = Path(__file__).parents[1]
KEPT = {
    "JUPYTER_MLOPS_BASE_IMAGE",
    "JUPYTER_MLOPS_CA_BUNDLE",
    "JUPYTER_MLOPS_REQUIRE_ALERTMANAGER",
    "JUPYTER_MLOPS_REQUIRE_DOCKER",
    "JUPYTER_MLOPS_REQUIRE_POSTGRES",
    "JUPYTER_MLOPS_REQUIRE_SSHD",
}

LONGEST = (
    "test_killed_at_every_write.py",
    "test_environment_shelf.py",
    "test_chosen_environments.py",
    "test_random_programs.py",
)
"""Files whose single tests take longest: they begin first, so that no worker ends alone."""

Cell = tuple[str | Sequence[str], str] | tuple[str | Sequence[str], str, str]
"""Tags (one, or several), source, and if it is no code cell its type."""

NotebookFile = Callable[..., Path]


def pytest_configure() -> None:
    """Programs that the tests start can be stopped by Ctrl-C, also in a suite of the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def isolated_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jupyter's folders are new ones; in them stands the kernel ``python3``, this interpreter.

    Servers leave out the extension of jupyter-scheduler, which no test of a server is about.
    """
    home = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("JUPYTER_", "IPYTHON")) and name not in KEPT:
                patch.delenv(name)
        patch.setenv("JUPYTER_DATA_DIR", str(home / "data"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(home / "runtime"))
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / "config"))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        patch.setenv("JUPYTER_CONFIG_PATH", str(home / "quiet"))  # goes before the environment's
        quiet = home / "quiet" / "jupyter_server_config.d"
        quiet.mkdir(parents=True)
        left_out = {"ServerApp": {"jpserver_extensions": {"jupyter_scheduler": False}}}
        (quiet / "jupyter_scheduler.json").write_text(json.dumps(left_out))
        kernel = home / "data" / "kernels" / "python3"
        kernel.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(spec))
        yield


@pytest.fixture(scope="session")
def docker_client() -> Iterator[DockerClient]:
    """A Docker engine that answers; without one the test fails in CI and is skipped elsewhere."""
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=600)
        client.ping()
    except DockerException as error:
        if os.environ.get("CI") or os.environ.get("JUPYTER_MLOPS_REQUIRE_DOCKER"):
            pytest.fail(f"no Docker engine answers: {error}")
        pytest.skip("no Docker engine answers (scripts/docker-engine starts one)")
    yield client
    client.close()


@pytest.fixture(scope="session")
def base_image(docker_client: DockerClient) -> Iterator[str]:
    """Name of the base image; JUPYTER_MLOPS_BASE_IMAGE names it while tests run."""
    name = os.environ.get("JUPYTER_MLOPS_BASE_IMAGE")
    if not name:
        script = ROOT / "scripts" / "base-image"
        name = subprocess.run([script], check=True, capture_output=True, text=True).stdout.strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_BASE_IMAGE", name)
        yield name


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's cache folder that all processes of this test session share."""
    base = tmp_path_factory.getbasetemp()
    cache = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "cache"
    cache.mkdir(exist_ok=True)
    return cache


@pytest.fixture(scope="session")
def step_image(
    isolated_jupyter: None, docker_client: DockerClient, base_image: str, shared_cache: Path
) -> str:
    """Name of an image that runs steps which import nothing but the standard library."""
    from jupyter_mlops.environments import prepare_image
    from jupyter_mlops.model.pipeline import Pipeline
    from jupyter_mlops.settings import load_settings

    made = prepare_image(
        Pipeline(name="nothing", title="nothing"),
        notebook=shared_cache / "nothing.ipynb",
        settings=load_settings(),
        store_cache=shared_cache,
        on_line=print,
    )
    return made.image.tag


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A package index with a few small packages."""
    with serve(tmp_path_factory.mktemp("index")) as served:
        yield served


@pytest.fixture
def store_root(tmp_path: Path) -> Path:
    """A folder for a store; it does not exist yet."""
    return tmp_path / "store"


@pytest.fixture
def memory_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the machine has one: who is killed thousands of times need not wait
    for a disk, as what was written outlives a process anyway."""
    memory = "/dev/shm"
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def notebook_file(tmp_path: Path) -> NotebookFile:
    """Writes notebooks: ``notebook_file([("step:load", "x = 1"), …])`` gives the path of one."""

    def write(
        cells: Iterable[Cell],
        *,
        name: str = "project/notebook.ipynb",
        kernel: str = "python3",
        language: str = "python",
        settings: dict[str, object] | None = None,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata: dict[str, object] = {
            "kernelspec": {"name": kernel, "display_name": kernel, "language": language},
            "language_info": {"name": language},
        }
        if settings is not None:
            metadata["jupyter_mlops"] = settings
        document = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": metadata,
            "cells": [_cell(number, *cell) for number, cell in enumerate(cells, start=1)],
        }
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        return path

    return write


def _cell(
    number: int, tags: str | Sequence[str], source: str, cell_type: str = "code"
) -> dict[str, object]:
    listed = [tags] if isinstance(tags, str) else list(tags)
    return {
        "id": f"c{number}",
        "cell_type": cell_type,
        "metadata": {"tags": [tag for tag in listed if tag]},
        "source": source.splitlines(keepends=True),
        **({"execution_count": None, "outputs": []} if cell_type == "code" else {}),
    }
