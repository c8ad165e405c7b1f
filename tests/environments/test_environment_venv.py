"""Environments of the local engine: made once, whole or not at all, and removed when unused."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from distfiles import PYTHON, Wheel, lock_of

from jupyter_mlops.environments import Kernel, Lock
from jupyter_mlops.environments.venv import (
    Venv,
    collect_venvs,
    find_venv,
    list_venvs,
    make_venv,
    place_of,
)
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

KERNEL = Kernel(name="mine", python=sys.executable, version=f"{PYTHON}.0")
MODULES = ("__init__", "kernelapp", "ipkernel", "zmqshell")
WHEELS = (
    Wheel(name="alpha", files={"alpha.py": "x = 1\n"}, scripts={"say": "alpha:x"}),
    Wheel(name="cloudpickle", version="3", files={"cloudpickle.py": ""}),
    Wheel(name="ipykernel", version="7", files={f"ipykernel/{name}.py": "" for name in MODULES}),
)


@dataclass(frozen=True, kw_only=True)
class House:
    """A wheelhouse, a lock of what is in it, and a cache."""

    home: Path
    lock: Lock

    @property
    def settings(self) -> Mlops:
        return Mlops(wheelhouse=str(self.home / "wheels"))

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    def make(self, on_line: Callable[[str], object] = print) -> Venv:
        return make_venv(
            self.lock,
            kernel=KERNEL,
            settings=self.settings,
            store_cache=self.cache,
            on_line=on_line,
        )

    def left(self) -> list[str]:
        """What lies in the cache."""
        return sorted(path.name for path in (self.cache / "environments").glob("[!.]*"))


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> House:
    home = tmp_path_factory.mktemp("wheelhouse")
    (home / "wheels").mkdir()
    return House(home=home, lock=lock_of(*(wheel.write(home / "wheels") for wheel in WHEELS)))


@pytest.fixture
def house(wheelhouse: House, tmp_path: Path) -> House:
    """The wheelhouse with a cache of its own."""
    (tmp_path / "wheels").symlink_to(wheelhouse.home / "wheels")
    return replace(wheelhouse, home=tmp_path)


def ask(venv: Venv, program: str) -> str:
    return subprocess.run(
        [venv.python, "-c", program], check=True, capture_output=True, text=True
    ).stdout


def test_it_holds_what_was_locked_and_is_made_once(house: House) -> None:
    lines: list[str] = []
    venv = house.make(lines.append)
    assert lines[0] == f"making an environment of 3 packages in {venv.folder}"
    names = "from importlib.metadata import distributions as d; "
    assert ask(venv, names + "print(sorted((x.name, x.version) for x in d()))") == (
        f"{sorted(house.lock.packages.items())}\n"
    )
    assert ask(venv, "import alpha, sys; print(sys.prefix, alpha.__file__)") == (
        f"{venv.folder} {venv.folder}/lib/python{PYTHON}/site-packages/alpha.py\n"
    )
    assert (venv.mark.lock, venv.mark.python) == (house.lock.digest, KERNEL.version)

    again: list[str] = []
    known = house.make(again.append)
    assert (replace(known, used=venv.used), again) == (venv, [])
    assert house.left() == [venv.folder.name]


def test_a_notebook_cannot_install_into_it(house: House) -> None:
    """Nobody could tell then in which of the steps a package is; root is asked to be careful."""
    (site,) = house.make().folder.glob("lib/python*/site-packages")
    assert stat.S_IMODE(site.stat().st_mode) == 0o555


def test_another_interpreter_has_another_one(house: House, tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.write_text("")
    kernels = (
        KERNEL,
        replace(KERNEL, name="same"),
        replace(KERNEL, version=f"{PYTHON}.1"),
        replace(KERNEL, python=str(other)),
    )
    places = [place_of(house.lock, kernel, house.cache) for kernel in kernels]
    assert places[0] == places[1]
    assert len(set(places)) == 3


@pytest.mark.parametrize(
    "how", ["installed", "removed", "no interpreter", "no mark", "half a mark"]
)
def test_one_that_is_not_what_was_made_is_made_anew(how: str, house: House) -> None:
    venv = house.make()
    (site,) = venv.folder.glob("lib/python*/site-packages")
    site.chmod(0o755)
    if how == "installed":
        (site / "more.py").write_text("")
    elif how == "removed":
        (site / "alpha.py").unlink()
    elif how == "no interpreter":
        venv.python.unlink()
    elif how == "no mark":
        (venv.folder / "jupyter-mlops.json").unlink()
    else:
        (venv.folder / "jupyter-mlops.json").write_text("{")
    lines: list[str] = []
    made = house.make(lines.append)
    assert lines[0].startswith("making an environment")
    assert (made.is_whole, ask(made, "import alpha; print(alpha.x)")) == (True, "1\n")
    assert not (made.folder / site.relative_to(venv.folder) / "more.py").exists()
    assert house.left() == [venv.folder.name]


@dataclass(frozen=True, kw_only=True)
class Failing:
    title: str
    wheel: Wheel
    remove: bool = False
    message: str
    fix: str


FAILING = [
    Failing(
        title="a package that the wheelhouse lacks",
        wheel=Wheel(name="beta", files={"beta.py": ""}),
        remove=True,
        message="the notebook's packages cannot be installed:\n",
        fix="take versions that have wheels for this Python",
    ),
    Failing(
        title="no kernel starts",
        wheel=Wheel(
            name="ipykernel", version="7.1", files={"ipykernel/__init__.py": "import gone"}
        ),
        message="no kernel starts with the locked packages: ModuleNotFoundError: No module named "
        "'gone'",
        fix="lock other versions of ipykernel",
    ),
]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.title)
def test_nothing_is_left_of_one_that_cannot_be_made(case: Failing, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    others = [wheel for wheel in WHEELS if wheel.name != case.wheel.name]
    files = [wheel.write(folder) for wheel in (*others, case.wheel)]
    house = House(home=tmp_path, lock=lock_of(*files))
    if case.remove:
        files[-1].unlink()
    with pytest.raises(EnvironmentFailure) as caught:
        house.make()
    assert caught.value.message.startswith(case.message)
    assert caught.value.fix.startswith(case.fix)
    assert house.left() == []


MAKE = """
import sys
from pathlib import Path
from jupyter_mlops.environments.kernel import Kernel
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.environments.venv import make_venv
from jupyter_mlops.settings import Mlops
home, version, text = sys.argv[1:]
def say(line):
    print(line, flush=True)
    sys.stdin.readline()
venv = make_venv(read_lock(text), kernel=Kernel(name="k", python=sys.executable, version=version),
    settings=Mlops(wheelhouse=home + "/wheels"), store_cache=Path(home, "cache"), on_line=say)
print(venv.folder, flush=True)
"""


@pytest.fixture
def maker(house: House) -> Iterator[subprocess.Popen[str]]:
    """Another process that makes the environment, and waits for a line after each that it says."""
    command = [sys.executable, "-c", MAKE, str(house.home), KERNEL.version, house.lock.text]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def said(maker: subprocess.Popen[str]) -> str:
    assert maker.stdout is not None
    return maker.stdout.readline().rstrip()


def go_on(maker: subprocess.Popen[str], *, lines: int = 1) -> None:
    assert maker.stdin is not None
    maker.stdin.write("\n" * lines)
    maker.stdin.flush()


@pytest.mark.parametrize("moment", ["making an environment", "  Prepared", "  Installed"])
def test_what_a_killed_process_left_is_not_believed(
    moment: str, house: House, maker: subprocess.Popen[str]
) -> None:
    while not said(maker).startswith(moment):
        go_on(maker)
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    folder = place_of(house.lock, KERNEL, house.cache)
    assert (find_venv(folder), list_venvs(house.cache)) == (None, [])
    lines: list[str] = []
    assert house.make(lines.append).folder == folder
    assert lines[0].startswith("making an environment")
    assert [venv.folder for venv in list_venvs(house.cache)] == [folder]


def test_of_two_one_makes_it_and_the_other_waits(
    house: House, maker: subprocess.Popen[str]
) -> None:
    assert said(maker).startswith("making an environment")
    heard: list[str] = []

    def hear(line: str) -> None:
        heard.append(line)
        if len(heard) == 1:
            go_on(maker, lines=50)

    venv = house.make(hear)
    assert set(heard) <= {"waiting for another build", "  waiting"}
    assert heard[0] == "waiting for another build"
    *_, last = maker.stdout or ()
    assert last == f"{venv.folder}\n"


def test_unused_ones_are_removed(house: House) -> None:
    old, new = house.make(), replace(house, lock=lock_of(*_files(house)[1:])).make()
    os.utime(old.folder / "jupyter-mlops.json", (time.time() - 1000, time.time() - 1000))

    def gone(*, dry_run: bool) -> list[Path]:
        before = time.time() - 500
        found = collect_venvs(house.cache, before=before, dry_run=dry_run, on_line=print)
        return [venv.folder for venv in found]

    assert [venv.folder for venv in list_venvs(house.cache)] == [new.folder, old.folder]
    assert (gone(dry_run=True), len(house.left())) == ([old.folder], 2)
    assert (gone(dry_run=False), house.left()) == ([old.folder], [new.folder.name])
    assert gone(dry_run=False) == []
    used = house.make().used
    assert list_venvs(house.cache)[0].used >= used - 1


def _files(house: House) -> list[Path]:
    return sorted((house.home / "wheels").iterdir())
