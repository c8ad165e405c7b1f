from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builder import Builder, Built, run
from distfiles import Wheel, lock_of

from jupyter_mlops.environments.labels import PYTHON
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.errors import EnvironmentFailure

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


def test_what_an_image_holds(step_image: str, docker_client: DockerClient) -> None:
    image = docker_client.images.get(step_image)
    assert json.loads(run(docker_client, step_image, "python", "-c", INSIDE)) == {
        "python": image.labels[PYTHON],
        "executable": "/opt/venv/bin/python",
        "uid": 65534,
        "has": ["papermill", "ipykernel", "cloudpickle"],
        "more": [],
        "opt": ["mlops", "venv"],
        "compiled": True,
    }
    assert image.attrs["Config"]["User"] == "65534:65534"
    assert not image.attrs["Config"]["Entrypoint"]


def test_scripts_and_tracebacks_name_the_places_in_the_image(common_builder: Builder) -> None:
    image, client = common_builder.build().image, common_builder.client
    assert run(client, image.id, "say") == "said /opt/venv/bin/python\n"
    where = "import alpha; print(alpha.main.__code__.co_filename)"
    expected = f"/opt/venv/lib/python{common_builder.lock.python}/site-packages/alpha.py\n"
    assert run(client, image.id, "python", "-c", where) == expected


def test_nothing_is_built_twice(common_builder: Builder) -> None:
    first, second = common_builder.build(), common_builder.build()
    assert second == Built(image=first.image, lines=[])
    assert common_builder.left() == ([], [])


def test_another_package_adds_its_own_layers_to_the_same_base(common_builder: Builder) -> None:
    wheels = Path(common_builder.settings.wheelhouse)
    other = lock_of(Wheel(name="beta", files={"beta.py": "y = 2"}).write(wheels))
    first, second = common_builder.build(), common_builder.build(lock=other)
    assert second.has_built_packages
    layers = [
        common_builder.client.images.get(built.image.id).attrs["RootFS"]["Layers"]
        for built in (first, second)
    ]
    same = [one == two for one, two in zip(*layers, strict=True)]
    # Base and venv; packages; the runtime's files and their bytecode, whose layers carry times.
    assert (same[:-3], same[-3]) == ([True] * (len(same) - 3), False)


def test_of_two_builds_at_once_one_builds_and_one_waits(builder: Builder) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = [build.result() for build in [pool.submit(builder.build) for _ in range(2)]]
    assert one.image == other.image
    assert sorted(built.has_built_packages for built in (one, other)) == [False, True]
    assert sorted("waiting for another build" in b.lines for b in (one, other)) == [False, True]


@dataclass(frozen=True, kw_only=True)
class Failing:
    title: str
    change: Callable[[str], str] = str
    base_image: str = ""
    apt: tuple[str, ...] = ()
    message: str
    fix: str


FAILING = [
    Failing(
        title="a package with another hash",
        change=lambda text: re.sub("sha256:..", "sha256:00", text),
        message=r".*/wheels/alpha-1\.0-py3-none-any\.whl: not what was locked",
        fix="fetch the file again",
    ),
    Failing(
        title="a base image with another Python",
        change=lambda text: re.sub("^# Python .*", "# Python 3.99", text),
        message=r"the base image .* has Python 3[0-9.]+, the notebook's kernel 3\.99$",
        fix="choose a base image with the kernel's Python (JUPYTER_MLOPS_BASE_IMAGE",
    ),
    Failing(
        title="no base image",
        base_image="jupyter-mlops.invalid/nothing:{version}",
        message=r"the base image jupyter-mlops\.invalid/nothing:\d\.\d+ is not here and cannot be "
        "pulled: .+",
        fix="set JUPYTER_MLOPS_BASE_IMAGE to an image with Python ",
    ),
    Failing(
        title="a system package that does not exist",
        apt=("libgl1", "no-such-package-at-all"),
        message="apt.txt names what the base image's sources do not have: no-such-package-at-all$",
        fix="correct apt.txt beside the notebook",
    ),
]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.title)
def test_a_build_that_fails_says_why_and_leaves_nothing(case: Failing, builder: Builder) -> None:
    lock = read_lock(case.change(builder.lock.text))
    builder.settings.base_image = case.base_image or builder.settings.base_image
    with pytest.raises(EnvironmentFailure) as caught:
        builder.build(lock=lock, apt=case.apt)
    assert re.match(case.message, caught.value.message), caught.value.message
    assert case.fix in caught.value.fix
    assert builder.left() == ([], [])
    assert list((builder.cache / "builds").glob("[!.]*")) == []


KILLED = """
import sys, docker
from pathlib import Path
from jupyter_mlops.environments.base import base_name, find_base
from jupyter_mlops.environments.image import build_image
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.settings import load_settings
cache, text = sys.argv[1:]
settings, client, lock = load_settings(), docker.from_env(), read_lock(text)
name = base_name(settings, lock.python)
base = find_base(name, python=lock.python, client=client, on_line=print)
build_image(lock, base=base, python=sys.executable, settings=settings, client=client,
            store_cache=Path(cache), on_line=lambda line: print(line, flush=True))
"""


@pytest.mark.parametrize("moment", ["  Step 4/", "  Step 5/", "  Successfully tagged"])
def test_after_a_killed_build_the_next_one_builds(moment: str, builder: Builder) -> None:
    command = [sys.executable, "-c", KILLED, str(builder.cache), builder.lock.text]
    environ = {**os.environ, "JUPYTER_MLOPS_WHEELHOUSE": builder.settings.wheelhouse}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith(moment):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    built = builder.build()
    assert builder.left() == ([], [])
    assert run(builder.client, built.image.id, "python", "-c", "import alpha; print(1)") == "1\n"


def test_a_change_of_the_runtime_builds_no_packages(
    common_builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_mlops.environments import image

    first = common_builder.build()
    more = {**image.runtime_files(), "jupyter_mlops/more.py": b""}
    monkeypatch.setattr(image, "runtime_files", lambda: more)
    second = common_builder.build()
    assert not second.has_built_packages
    assert replace(second.image, id="", tag="", size=0) == replace(
        first.image, id="", tag="", size=0
    )
    assert run(common_builder.client, second.image.id, "ls", "/opt/mlops/jupyter_mlops/more.py")
