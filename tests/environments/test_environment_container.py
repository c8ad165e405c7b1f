from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builder import Builder, run
from distfiles import Wheel, lock_of
from packages import STEP, Index

from jupyter_mlops.environments import find_kernel
from jupyter_mlops.environments.container import Contained, Workshop
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.statements import Statement
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model import identity

pytestmark = pytest.mark.docker

NATIVE = Wheel(
    name="native", files={"native.py": "import ctypes\nctypes.CDLL('libgomp.so.1')\nready = 1\n"}
)
IMPORTED = (
    Statement(module="native", names=("ready",), weight="certain", cell=3),
    Statement(module="cupy", weight="optional", cell=4),
)


@pytest.fixture
def lock(builder: Builder) -> Lock:
    return lock_of(NATIVE.write(Path(builder.settings.wheelhouse)))


def made(builder: Builder, lock: Lock, folder: Path, **more: str) -> tuple[Contained, list[str]]:
    lines: list[str] = []
    workshop = Workshop(
        client=builder.client, settings=builder.settings, cache=builder.cache, on_line=lines.append
    )
    return workshop.make(
        lock, python=sys.executable, statements=IMPORTED, folder=folder, **more
    ), lines


def test_a_missing_library_is_named_and_apt_txt_brings_it(
    builder: Builder, lock: Lock, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentFailure) as caught:
        made(builder, lock, tmp_path)
    assert caught.value.message == (
        "an import of the notebook does not work in the environment of its steps:\n"
        "  cell 3: import of native (ready) of native: OSError: libgomp.so.1: cannot open shared "
        "object file: No such file or directory"
    )
    assert caught.value.fix == "write libgomp1 into apt.txt beside the notebook"

    (tmp_path / "apt.txt").write_text("libgomp1\n")
    first, said = made(builder, lock, tmp_path)
    assert said[-1] == (
        "  not needed in any case: cell 4: import of cupy: ModuleNotFoundError: No module named "
        "'cupy'"
    )
    assert (first.apt, first.python) == (("libgomp1",), {"native": "1.0"})
    names = {component["name"] for component in json.loads(first.sbom)["components"]}
    assert {"native", "python", "libgomp1", "libc6"} <= names
    lists = "import os; print(os.listdir('/var/lib/apt/lists'))"
    assert run(builder.client, first.image.id, "python", "-c", lists) == "[]\n"

    assert made(builder, lock, tmp_path) == (first, [])


def test_an_own_dockerfile_is_the_base(builder: Builder, base_image: str, tmp_path: Path) -> None:
    folder = tmp_path / "docker"
    folder.mkdir()
    (folder / "apt.txt").write_text("never read")
    (folder / "data.txt").write_text("of the image")
    (folder / ".dockerignore").write_text("apt.txt\n")
    (folder / "Dockerfile.own").write_text(
        f'FROM {base_image}\nCOPY . /data/\nUSER 1000:1000\nENTRYPOINT ["/bin/false"]\n'
    )
    workshop = Workshop(
        client=builder.client, settings=builder.settings, cache=builder.cache, on_line=print
    )

    def make() -> Contained:
        return workshop.make(
            builder.lock,
            python=sys.executable,
            statements=(),
            folder=tmp_path,
            dockerfile="docker/Dockerfile.own",
        )

    first = make()
    assert run(builder.client, first.image.id, "cat", "/data/data.txt") == "of the image"
    assert run(builder.client, first.image.id, "ls", "/data").split() == [
        "Dockerfile.own",
        "data.txt",
    ]
    assert run(builder.client, first.image.id, "say") == "said /opt/venv/bin/python\n"
    assert make() == first

    (folder / "apt.txt").write_text("ignored, so that this changes nothing")
    assert make() == first
    (folder / "data.txt").write_text("changed")
    second = make()
    assert second.image.base != first.image.base
    assert run(builder.client, second.image.id, "cat", "/data/data.txt") == "changed"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"the notebook's settings name the Dockerfile .*/Dockerfile, which does not exist"),
        ("FROM {base}\nRUN echo so long; false\n", r"cannot be built(?s:.*)\n  so long\n"),
    ],
)
def test_an_own_dockerfile_that_fails_is_named(
    text: str | None, message: str, builder: Builder, base_image: str, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    if text is not None:
        (tmp_path / "own" / "Dockerfile").write_text(text.format(base=base_image))
    with pytest.raises(EnvironmentFailure, match=message):
        made(builder, builder.lock, tmp_path, dockerfile="own/Dockerfile")
    assert builder.left() == ([], [])


@pytest.fixture
def existing(builder: Builder, base_image: str) -> Iterator[str]:
    """An image with a package of its own, made without this program."""
    name = f"jupyter-mlops-test-existing:{identity.of_value('test', str(builder.cache))[7:19]}"
    place = "/usr/lib/python3/dist-packages"
    container = builder.client.containers.create(
        base_image,
        ["sh", "-c", f"mkdir -p {place}/theirs-4.2.dist-info && echo z=26 > {place}/theirs.py && "
         f"printf 'Name: theirs\\nVersion: 4.2\\n' > {place}/theirs-4.2.dist-info/METADATA"],
    )  # fmt: skip
    container.start()
    container.wait()
    container.commit(*name.split(":"))
    container.remove()
    yield name
    builder.client.images.remove(name, force=True)


def test_an_existing_image_keeps_its_packages(
    builder: Builder, existing: str, index: Index
) -> None:
    builder.settings.wheelhouse, builder.settings.index_url = "", index.url
    workshop = Workshop(
        client=builder.client, settings=builder.settings, cache=builder.cache, on_line=print
    )
    theirs = Statement(module="theirs", names=("z",), weight="certain", cell=1)
    found = workshop.make_on(existing, kernel=find_kernel("python3"), statements=(theirs,))
    assert found.python["theirs"] == "4.2"
    assert found.python.items() >= STEP.items()
    assert found.image.base == builder.client.images.get(existing).id
    uses = "import theirs, papermill, jupyter_mlops.step; print(theirs.z)"
    assert run(builder.client, found.image.id, "python", "-c", uses) == "26\n"

    kernel = replace(find_kernel("python3"), version="3.99.1")
    with pytest.raises(EnvironmentFailure, match=r"has Python 3\.1.*, the notebook's kernel 3\.99"):
        workshop.make_on(existing, kernel=kernel, statements=())
