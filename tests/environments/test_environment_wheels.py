"""Packages that lie on this machine: folders and wheel files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packages import STEP, Index, Package

from jupyter_mlops.environments import Detected, Kernel, Lock, make_lock
from jupyter_mlops.environments.declaration import find_declaration
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

PYTHON = "{}.{}".format(*sys.version_info[:2])
BACKEND = """\
import zipfile

def build_wheel(folder, settings=None, metadata=None):
    (line,) = open("version.txt").read().split()
    name, tag = "mine-" + line, "TAG"
    with zipfile.ZipFile(f"{folder}/{name}-{tag}.whl", "w") as wheel:
        def write(path, text):
            wheel.writestr(zipfile.ZipInfo(path), text)
        write("mine.py", open("src/mine.py").read())
        write(f"{name}.dist-info/METADATA",
              f"Metadata-Version: 2.1\\nName: mine\\nVersion: {line}\\nRequires-Dist: beta\\n")
        write(f"{name}.dist-info/WHEEL", f"Wheel-Version: 1.0\\nTag: {tag}\\n")
        write(f"{name}.dist-info/RECORD", "")
    open("src/generated.txt", "w").write("what a build leaves")
    return f"{name}-{tag}.whl"
"""
SOURCE = {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\n'
    'backend-path = ["."]\n[project]\nname = "mine"\ndynamic = ["version", "dependencies"]\n',
    "backend.py": BACKEND.replace("TAG", "py3-none-any"),
    "version.txt": "0.3",
    "src/mine.py": "x = 1\n",
}
UV_LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "beta"
version = "1.4"
source = { registry = "https://index.test/simple" }
wheels = [{ url = "https://index.test/beta-1.4-py3-none-any.whl", hash = "{beta}" }]

[[package]]
name = "mine"
version = "0.3"
source = { editable = "mine" }
dependencies = [{ name = "beta" }]

[[package]]
name = "project"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "mine" }]

[package.metadata]
requires-dist = [{ name = "mine", editable = "mine" }]
"""
PROJECT = """\
[project]
name = "project"
version = "0"
dependencies = ["mine"]
[tool.uv.sources]
mine = { path = "mine", editable = true }
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What lies in `project/`; the package's source lies in `project/mine/`."""

    title: str
    files: Mapping[str, str] = field(default_factory=dict)
    imported: bool = True
    absent: tuple[str, ...] = ()
    source: str
    packages: Mapping[str, str]


KERNEL = "imports of the notebook, versions of kernel 'mine'"
EVERYTHING = {"beta": "1.4", "mine": "0.3", **STEP}
CASES = [
    Case(title="an editable package", source=KERNEL, packages=EVERYTHING),
    Case(
        title="requirements that name the folder",
        files={"requirements.txt": "-e ./mine\n"},
        source="requirements.txt",
        packages=EVERYTHING,
    ),
    Case(
        title="requirements that lack the package",
        files={"requirements.txt": "tornado\n"},
        source="requirements.txt, and mine of kernel 'mine'",
        packages=EVERYTHING,
    ),
    Case(
        title="a lock of uv that names the folder",
        files={"uv.lock": UV_LOCK, "pyproject.toml": PROJECT},
        source="uv.lock",
        packages=EVERYTHING,
    ),
    Case(
        title="a lock of uv, and a kernel without the package",
        files={"uv.lock": UV_LOCK, "pyproject.toml": PROJECT},
        imported=False,
        absent=("mine",),
        source="uv.lock",
        packages=EVERYTHING,
    ),
    Case(
        title="a lock of uv that names a folder that is not imported",
        files={"uv.lock": UV_LOCK, "pyproject.toml": PROJECT},
        imported=False,
        source="uv.lock",
        packages={"beta": "1.4", **STEP},
    ),
]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def detected(origin: str | None, absent: tuple[str, ...] = ()) -> Detected:
    needed = {"mine": "0.3"} if origin else {}
    return Detected(
        kernel=Kernel(name="mine", python=sys.executable, version=f"{PYTHON}.0"),
        needed=needed,
        closure={**needed, "beta": "1.4"},
        installed={**needed, "beta": "1.4", **STEP},
        elsewhere={"mine": origin} if origin else {},
        modules={"mine": ("mine",)} if origin else {},
        absent=absent,
    )


def locked(project: Path, found: Detected, index: Index, cache: Path) -> Lock:
    return make_lock(
        found,
        declaration=find_declaration(project),
        settings=Mlops(index_url=index.url),
        store_cache=cache,
    )


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_local_package_is_locked_as_a_wheel(case: Case, index: Index, tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(project / "mine", SOURCE)
    write(
        project,
        {k: v.replace("{beta}", index.digest("beta", "1.4")) for k, v in case.files.items()},
    )
    before = content(project)
    found = detected((project / "mine").as_uri() if case.imported else None, case.absent)
    lock = locked(project, found, index, tmp_path / "cache")
    assert (lock.source, lock.packages) == (case.source, case.packages)
    assert set(lock.wheels) == ({"mine-0.3-py3-none-any.whl"} if "mine" in case.packages else set())
    for wheel in lock.wheels.values():
        digest = Package(name="mine", version="0.3").digest(wheel.parent)
        assert f"mine==0.3 \\\n    --hash={digest}\n" in lock.text
    assert "file:" not in lock.text
    assert content(project) == before


def test_equal_sources_are_built_once_and_changed_ones_anew(index: Index, tmp_path: Path) -> None:
    project, cache = tmp_path / "project", tmp_path / "cache"
    write(project / "mine", SOURCE)
    found = detected((project / "mine").as_uri())
    first = locked(project, found, index, cache)
    assert locked(project, found, index, cache) == first
    assert locked(project, found, index, tmp_path / "other").text == first.text
    write(project / "mine", {"src/mine.py": "x = 2\n"})
    second = locked(project, found, index, cache)
    assert second.packages == first.packages
    assert second.digest != first.digest
    write(project / "mine", SOURCE)
    assert locked(project, found, index, cache).text == first.text


def test_a_wheel_that_was_thrown_away_is_made_again(index: Index, tmp_path: Path) -> None:
    project, cache = tmp_path / "project", tmp_path / "cache"
    write(project / "mine", SOURCE)
    found = detected((project / "mine").as_uri())
    first = locked(project, found, index, cache)
    for wheel in first.wheels.values():
        shutil.rmtree(wheel.parent)
    assert locked(project, found, index, cache) == first
    assert all(wheel.is_file() for wheel in first.wheels.values())


def test_a_wheel_file_is_taken_as_it_is(index: Index, tmp_path: Path) -> None:
    wheel = Package(name="mine", version="0.3", requires=["beta"]).write(tmp_path / "wheels")
    lock = locked(tmp_path, detected(wheel.as_uri()), index, tmp_path / "cache")
    assert lock.packages == EVERYTHING
    assert [path.read_bytes() for path in lock.wheels.values()] == [wheel.read_bytes()]


def test_a_wheel_from_a_url_is_fetched_from_there(index: Index, tmp_path: Path) -> None:
    origin = f"{index.url}beta/beta-1.9-py3-none-any.whl"
    found = Detected(
        kernel=Kernel(name="mine", python=sys.executable, version=f"{PYTHON}.0"),
        needed={"beta": "1.9"},
        closure={"beta": "1.9"},
        installed={"beta": "1.9", **STEP},
        elsewhere={"beta": origin},
        modules={"beta": ("beta",)},
    )
    lock = locked(tmp_path, found, index, tmp_path / "cache")
    assert lock.packages == {"beta": "1.9", **STEP}
    assert f"beta @ {origin} \\\n    --hash={index.digest('beta', '1.9')}\n" in lock.text


@dataclass(frozen=True, kw_only=True)
class Refused:
    title: str
    files: Mapping[str, str]
    origin: str = "mine"
    message: str


REFUSED = [
    Refused(
        title="not pure Python",
        files={**SOURCE, "backend.py": BACKEND.replace("TAG", "py3-none-linux_x86_64")},
        message="the package in {path} is not pure Python: its wheel mine-0.3-py3-none-linux",
    ),
    Refused(
        title="a folder that is gone",
        files=SOURCE,
        origin="gone",
        message="the kernel has a package from {path}, which is gone",
    ),
    Refused(
        title="a folder that nothing says how to build",
        files={"src/mine.py": ""},
        message="the kernel has a package from {path}, where nothing says how to build it",
    ),
    Refused(
        title="a build that fails",
        files={**SOURCE, "version.txt": "one two"},
        message="the package in {path}, which the notebook imports, cannot be built:\n",
    ),
    Refused(
        title="a wheel for another platform",
        files={},
        origin="mine-0.3-py3-none-win_amd64.whl",
        message="the package in {path} is not pure Python: its wheel mine-0.3-py3-none-win_amd64",
    ),
    Refused(
        title="a file that is no wheel",
        files={"mine.zip": ""},
        origin="mine/mine.zip",
        message="the notebook imports a package that was installed from {path}, which is no wheel",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.title)
def test_what_cannot_become_a_wheel_is_named(case: Refused, index: Index, tmp_path: Path) -> None:
    write(tmp_path / "mine", case.files)
    path = tmp_path / case.origin
    if path.suffix == ".whl":
        Package(name="mine", version="0.3", tag="py3-none-win_amd64").write(tmp_path)
    with pytest.raises(EnvironmentFailure) as caught:
        locked(tmp_path, detected(path.as_uri()), index, tmp_path / "cache")
    begin = case.message.replace("{path}", str(path))
    assert caught.value.message[: len(begin)] == begin
    assert "run with --engine local" in caught.value.fix
    assert list((tmp_path / "cache").glob("wheels/*")) == []
