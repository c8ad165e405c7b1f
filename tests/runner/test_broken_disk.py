"""A store whose disk is full or read-only in the middle of a run, and what the next start finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_file_system import small_file_system

from jupyter_mlops.store import Store, check_store

pytestmark = pytest.mark.kernel

FILL = """
def fill(path):
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
"""


@dataclass(frozen=True)
class Case:
    """``harm``: what step ``two`` does; ``says``: words of the one error message."""

    name: str
    harm: str
    mend: Callable[[Path], object]
    says: str


def unmount(disk: Path) -> None:
    subprocess.run(["umount", disk / "store"], check=True)


CASES = [
    Case(
        "somebody else fills it",
        f"{FILL}\nfill({{disk!r}} + '/ballast')",
        lambda disk: (disk / "ballast").unlink(),
        "no space is left on its disk",
    ),
    Case(
        "the step fills it",
        f"{FILL}\nfill('big')",
        lambda disk: None,
        "no space is left on its disk",
    ),
    Case(
        "it becomes read-only",
        "import subprocess\nstore = {disk!r} + '/store'\n"
        "for options in (['--bind', store, store], ['-o', 'remount,bind,ro', store]):\n"
        "    subprocess.run(['mount', *options], check=True)",
        unmount,
        "Read-only file system",
    ),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_file_system(tmp_path / "disk", "24m"):
        yield tmp_path / "disk"


def command(disk: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jupyter_mlops.cli", *map(str, arguments)],
        env={**os.environ, "JUPYTER_MLOPS_STORE": str(disk / "store")},
        capture_output=True,
        text=True,
    )


def states(run: dict[str, Any]) -> tuple[str, ...]:
    return (run["state"], *(step["state"] for step in run["steps"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_disk_is_named_and_the_next_start_repairs(
    disk: Path, notebook_file: Callable[..., Path], case: Case
) -> None:
    harm = case.harm.replace("{disk!r}", repr(str(disk)))
    notebook = notebook_file(
        [
            ("parameters", "harm: bool = True"),
            ("step:one", "x = 1"),
            ("step:two", f"y = x + 1\nif harm:\n    exec({harm!r})"),
            ("step:three", "print(y)"),
        ]
    )
    arguments = ("run", notebook, "--engine", "local", "--json")
    broken = command(disk, *arguments)
    assert (broken.returncode, "Traceback" in broken.stderr) == (1, False), broken.stderr
    assert case.says in json.loads(broken.stdout)["message"]
    case.mend(disk)

    mended = json.loads(command(disk, *arguments, "-p", "harm", "false").stdout)
    assert states(mended) == ("succeeded", "reused", "succeeded", "succeeded")
    runs = json.loads(command(disk, "runs", "--json").stdout)
    (earlier,) = [run for run in runs if run["run"] != mended["run"]]
    assert states(earlier)[:2] in (("lost", "succeeded"), ("failed", "succeeded"))
    store = Store(disk / "store").open()
    assert check_store(store) == ()
    store.close()
