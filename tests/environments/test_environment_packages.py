from __future__ import annotations

import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from distfiles import PYTHON, Wheel, lock_of, write_sdist

from jupyter_mlops.environments.base import Interpreter
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.packages import pack
from jupyter_mlops.environments.sources import PackageSources
from jupyter_mlops.errors import EnvironmentFailure

SITE = f"lib/python{PYTHON}/site-packages"
CODE = f"cp{PYTHON.replace('.', '')}"
IMAGE = Interpreter(executable="/usr/bin/python3", version=PYTHON, machine="x86_64", glibc="2.36")
ALPHA = Wheel(name="alpha", files={"alpha/__init__.py": "x = 1\n"}, scripts={"say": "alpha:x"})
BETA = Wheel(name="beta", files={"beta.py": "y = 2\n"})


@dataclass(frozen=True, kw_only=True)
class House:
    """A wheelhouse, and a scratch folder for each installation."""

    wheels: Path
    scratch: Path

    def pack(self, lock: Lock, *, image: Interpreter = IMAGE) -> Path:
        self.scratch.mkdir(parents=True)
        return pack(
            lock,
            interpreter=image,
            python=sys.executable,
            sources=PackageSources(wheelhouse=self.wheels),
            folder=self.scratch,
            on_line=print,
        )

    def again(self, name: str) -> House:
        return House(wheels=self.wheels, scratch=self.scratch.parent / name)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    (tmp_path / "wheels").mkdir()
    return House(wheels=tmp_path / "wheels", scratch=tmp_path / "scratch" / "one")


def test_the_archive_holds_what_was_locked_and_nothing_of_this_machine(house: House) -> None:
    lock = lock_of(ALPHA.write(house.wheels), BETA.write(house.wheels))
    with tarfile.open(house.pack(lock)) as archive:
        entries = {entry.name: entry for entry in archive}
        texts = {name: archive.extractfile(name) for name in entries}
        read = {name: file.read() for name, file in texts.items() if file is not None}
    info = {
        f"{SITE}/{name}-1.0.dist-info/{part}"
        for name in ("alpha", "beta")
        for part in ("INSTALLER", "METADATA", "RECORD", "REQUESTED", "WHEEL")
    }
    tag = sys.implementation.cache_tag
    assert entries.keys() == info | {
        "bin/say",
        f"{SITE}/alpha-1.0.dist-info/entry_points.txt",
        f"{SITE}/alpha/__init__.py",
        f"{SITE}/alpha/__pycache__/__init__.{tag}.pyc",
        f"{SITE}/beta.py",
        f"{SITE}/__pycache__/beta.{tag}.pyc",
    }
    assert {(e.uid, e.gid, e.uname, e.mtime) for e in entries.values()} == {(0, 0, "", 0)}
    assert {name: e.mode for name, e in entries.items() if e.mode != 0o644} == {"bin/say": 0o755}
    assert [name for name, data in read.items() if str(house.scratch).encode() in data] == []


def test_equal_locks_give_equal_bytes(house: House) -> None:
    lock = lock_of(ALPHA.write(house.wheels), BETA.write(house.wheels))
    one, other = house.pack(lock), house.again("other").pack(lock)
    assert one.read_bytes() == other.read_bytes()


BACKEND = """
import zipfile
def build_wheel(folder, *_):
    info, tag = "gamma-1.0.dist-info", "{tag}"
    files = {{
        "gamma.py": "z = 3",
        f"{{info}}/METADATA": "Metadata-Version: 2.1\\nName: gamma\\nVersion: 1.0\\n",
        f"{{info}}/WHEEL": f"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {{tag}}\\n",
    }}
    files[f"{{info}}/RECORD"] = "".join(f"{{path}},,\\n" for path in [*files, f"{{info}}/RECORD"])
    with zipfile.ZipFile(f"{{folder}}/gamma-1.0-{{tag}}.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return f"gamma-1.0-{{tag}}.whl"
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "gamma"
version = "1.0"
"""


def sdist(house: House, tag: str) -> Lock:
    header = "Metadata-Version: 2.2\nName: gamma\nVersion: 1.0\n"
    files = {"backend.py": BACKEND.format(tag=tag), "pyproject.toml": PROJECT, "PKG-INFO": header}
    return lock_of(write_sdist(house.wheels, "gamma", files))


def test_a_package_without_a_wheel_is_built_if_it_is_pure_python(house: House) -> None:
    with tarfile.open(house.pack(sdist(house, "py3-none-any"))) as archive:
        assert f"{SITE}/gamma.py" in archive.getnames()


def unbuilt(house: House) -> Lock:
    """A package whose build ends with what it lacks."""
    files = {"backend.py": "raise OSError('no such compiler')\n", "pyproject.toml": PROJECT}
    return lock_of(write_sdist(house.wheels, "gamma", files))


def flipped(house: House) -> Lock:
    path = ALPHA.write(house.wheels)
    lock = lock_of(path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return lock


def absent(house: House) -> Lock:
    path = ALPHA.write(house.wheels)
    lock = lock_of(path)
    path.unlink()
    return lock


def for_another_python(house: House) -> Lock:
    return lock_of(Wheel(name="alpha", tag="cp38-cp38-manylinux_2_17_x86_64").write(house.wheels))


def for_a_newer_system(house: House) -> Lock:
    tag = f"{CODE}-{CODE}-manylinux_2_39_x86_64"
    return lock_of(Wheel(name="alpha", tag=tag).write(house.wheels))


@dataclass(frozen=True, kw_only=True)
class Bad:
    title: str
    lock: Callable[[House], Lock]
    message: tuple[str, ...]
    fix: str = "take versions that have wheels for the image's Python"


BAD = [
    Bad(
        title="a byte of a wheel was flipped",
        lock=flipped,
        message=("/wheels/alpha-1.0-py3-none-any.whl: not what was locked",),
        fix="fetch the file again",
    ),
    Bad(title="no such wheel", lock=absent, message=("cannot be installed", "alpha")),
    Bad(
        title="a wheel for another Python",
        lock=for_another_python,
        message=("cannot be installed", "alpha", "cp38"),
    ),
    Bad(
        title="a wheel for a newer C library than the image's",
        lock=for_a_newer_system,
        message=("cannot be installed", "alpha", "manylinux_2_39"),
    ),
    Bad(
        title="a package that must be compiled",
        lock=lambda house: sdist(house, f"{CODE}-{CODE}-linux_x86_64"),
        message=("no wheel for the image's Python: gamma 1.0",),
    ),
    Bad(
        title="a package that cannot be built",
        lock=unbuilt,
        message=(
            "gamma==1.0 has no wheel and cannot be built:\n  raise OSError('no such compiler')\n"
            "  OSError: no such compiler",
        ),
    ),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.title)
def test_what_cannot_be_installed_is_named(case: Bad, house: House) -> None:
    with pytest.raises(EnvironmentFailure) as caught:
        house.pack(case.lock(house))
    assert [words for words in case.message if words not in caught.value.message] == []
    assert case.fix in caught.value.fix


def test_wheels_for_an_older_c_library_fit(house: House) -> None:
    tag = f"{CODE}-{CODE}-manylinux_2_17_x86_64"
    lock = lock_of(Wheel(name="alpha", tag=tag, files={"alpha.py": ""}).write(house.wheels))
    with tarfile.open(house.pack(lock)) as archive:
        assert f"{SITE}/alpha.py" in archive.getnames()
