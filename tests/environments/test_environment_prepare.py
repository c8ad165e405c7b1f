from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_mlops.environments import Kernel, detect, lock_for, prepare
from jupyter_mlops.environments.declaration import Place
from jupyter_mlops.environments.labels import PYTHON
from jupyter_mlops.errors import EngineError, EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.model.run import Environment
from jupyter_mlops.settings import Mlops, load_settings

if TYPE_CHECKING:
    from docker import DockerClient

PIPELINE = Pipeline(name="n", title="n", imports=("os", "pandas", "sklearn"))


class Put(dict[str, bytes]):
    """Stores bytes by digest."""

    def __call__(self, data: bytes) -> str:
        self[identity.of_bytes(data)] = data
        return identity.of_bytes(data)


def prepared(pipeline: Pipeline, engine: str, cache: Path, put: Put) -> Environment:
    return prepare(
        pipeline,
        notebook=cache / "n.ipynb",
        engine=engine,
        settings=load_settings(),
        store_cache=cache,
        put=put,
        on_line=print,
    )


def digest_of(environment: Environment) -> str:
    counted = ("engine", "python", "packages", "lock", "base")
    return identity.of_environment({key: to_json(environment)[key] for key in counted})


def test_the_local_environment_is_the_kernel_as_it_stands(tmp_path: Path) -> None:
    put = Put()
    kernel = Kernel(name="python3", python=sys.executable, version=platform.python_version())
    expected = Environment(
        digest="",
        engine="local",
        python=platform.python_version(),
        packages=detect(PIPELINE, notebook=tmp_path / "n.ipynb", kernel=kernel).closure,
        interpreter=sys.executable,
        source="kernel 'python3' as it stands",
    )
    found = prepared(PIPELINE, "local", tmp_path, put)
    assert found == replace(expected, digest=digest_of(expected))
    assert (put, list(tmp_path.iterdir())) == ({}, [])


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the local engine says, with a requirements file beside the notebook."""

    title: str
    asks: str = "pandas"
    environment: str | None = None
    place: Place | None = None
    setting: str = "auto"
    source: str
    said: str = ""


TOLD = [
    Told(title="satisfied", source="kernel 'python3', which has what requirements.txt asks for"),
    Told(title="imports", environment="imports", source="kernel 'python3' as it stands"),
    Told(
        title="the kernel by choice",
        asks="pandas==0",
        place="kernel",
        source="kernel 'python3' as it stands",
        said="; requirements.txt is not used",
    ),
    Told(
        title="the kernel by setting",
        asks="pandas==0",
        setting="kernel",
        source="kernel 'python3' as it stands",
        said="; requirements.txt is not used",
    ),
]


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.title)
def test_the_local_engine_says_whether_the_kernel_is_what_was_declared(
    case: Told, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text(f"{case.asks}\n")
    heard: list[str] = []
    put = Put()
    found = prepare(
        PIPELINE,
        notebook=tmp_path / "n.ipynb",
        engine="local",
        settings=Mlops(local_environment=case.setting, index_url="http://127.0.0.1:1"),
        store_cache=tmp_path / "cache",
        put=put,
        on_line=heard.append,
        environment=case.environment,
        place=case.place,
    )
    assert heard == [f"Python {platform.python_version()} of {case.source}{case.said}"]
    assert (found.source, found.interpreter, found.lock) == (case.source, sys.executable, None)
    assert (put, (tmp_path / "cache").exists()) == ({}, False)


@pytest.mark.parametrize(
    ("imports", "offers"), [(("pandas",), True), (("pandas", "unheard_of"), False)]
)
def test_a_declaration_that_cannot_be_met_leaves_the_kernel(
    imports: tuple[str, ...], offers: bool, tmp_path: Path
) -> None:
    other = f"3.{sys.version_info.minor + 1}"
    lock = f"# with Python {other}\nbeta==1 --hash=sha256:00\n"
    (tmp_path / "requirements.txt").write_text(lock)
    with pytest.raises(EnvironmentFailure, match=f"was made for Python {other}") as caught:
        prepared(replace(PIPELINE, imports=imports), "local", tmp_path, Put())
    found = "or run in the notebook's kernel as it stands: --environment kernel" in caught.value.fix
    assert found == offers


def test_no_container_is_the_kernel_as_it_stands(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="which no container can") as caught:
        prepare(
            PIPELINE,
            notebook=tmp_path / "n.ipynb",
            engine="docker",
            settings=Mlops(),
            store_cache=tmp_path,
            put=Put(),
            on_line=print,
            place="kernel",
        )
    assert caught.value.fix.startswith("run with --engine local, or take `imports`")


def test_another_package_is_another_environment(tmp_path: Path) -> None:
    one = prepared(PIPELINE, "local", tmp_path, Put())
    other = prepared(replace(PIPELINE, imports=("pandas",)), "local", tmp_path, Put())
    assert one.digest != other.digest


@pytest.mark.docker
def test_the_docker_environment_is_locked_and_built(
    shared_cache: Path, step_image: str, base_image: str, docker_client: DockerClient
) -> None:
    # What the notebook imports comes with every step, so that the lock is that of step_image.
    pipeline = Pipeline(name="n", title="n", imports=("IPython",))
    put = Put()
    image = docker_client.images.get(step_image)
    lock = lock_for(
        pipeline,
        notebook=shared_cache / "n.ipynb",
        settings=load_settings(),
        store_cache=shared_cache,
    )
    found = prepared(pipeline, "docker", shared_cache, put)
    assert found.sbom is not None
    expected = Environment(
        digest="",
        engine="docker",
        python=image.labels[PYTHON],
        packages=lock.packages,
        lock=lock.digest,
        image=image.id,
        base=docker_client.images.get(base_image).id,
        source="imports of the notebook, versions of kernel 'python3'",
        sbom=found.sbom,
    )
    assert found == replace(expected, digest=digest_of(expected))
    assert put.keys() == {lock.digest, found.sbom}
    assert put[lock.digest] == lock.text.encode()
    listed = json.loads(put[found.sbom])["components"]
    pypi = {c["name"]: c["version"] for c in listed if c["purl"].startswith("pkg:pypi/")}
    assert pypi == lock.packages


def test_no_engine_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    pipeline = Pipeline(name="n", title="n")
    with pytest.raises(EngineError, match="no Docker engine can be reached"):
        prepared(pipeline, "docker", tmp_path, Put())


def test_an_unknown_kernel_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="kernel 'theirs' is not installed here"):
        prepared(replace(PIPELINE, kernel="theirs"), "local", tmp_path, Put())
