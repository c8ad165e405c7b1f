from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.environments import Kernel, find_kernel
from jupyter_mlops.errors import EnvironmentFailure


@dataclass(frozen=True, kw_only=True)
class Found:
    title: str
    argv: Sequence[str]
    python: str
    version: str = platform.python_version()


FOUND = [
    Found(title="a path", argv=[sys.executable], python=sys.executable),
    Found(title="bare python is this interpreter", argv=["python"], python=sys.executable),
    Found(title="bare python3 too", argv=["python3"], python=sys.executable),
    Found(title="another environment", argv=["{venv}/bin/python"], python="{venv}/bin/python"),
]


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case.title)
def test_a_kernelspec_gives_its_interpreter(case: Found, venv: Path, add_kernel) -> None:
    add_kernel("mine", argv=[part.format(venv=venv) for part in case.argv])
    expected = Kernel(name="mine", python=case.python.format(venv=venv), version=case.version)
    assert find_kernel("mine") == expected


def test_series_is_the_version_without_its_last_part() -> None:
    assert Kernel(name="k", python="p", version="3.12.1rc2").series == "3.12"


@dataclass(frozen=True, kw_only=True)
class Refused:
    title: str
    name: str = "mine"
    argv: Sequence[str] = (sys.executable,)
    language: str = "python"
    message: str
    fix: str


REFUSED = [
    Refused(
        title="not installed",
        name="theirs",
        message="the notebook's kernel 'theirs' is not installed here; "
        "installed are: mine, python3",
        fix="choose one of them for the notebook, or install it in its environment: "
        "python -m ipykernel install --user --name theirs",
    ),
    Refused(
        title="no kernel's name",
        name="../etc",
        message="the notebook's kernel '../etc' is not installed here; "
        "installed are: mine, python3",
        fix="choose one of them for the notebook, or install it in its environment: "
        "python -m ipykernel install --user --name ../etc",
    ),
    Refused(
        title="another language",
        argv=["R"],
        language="R",
        message="the notebook's kernel 'mine' runs R, not Python",
        fix="choose a Python kernel for the notebook",
    ),
    Refused(
        title="an interpreter that is gone",
        argv=["/gone/bin/python"],
        message="the notebook's kernel 'mine' starts '/gone/bin/python', which is not on this "
        "machine",
        fix="install the kernel anew, or choose another one for the notebook",
    ),
    Refused(
        title="no interpreter",
        argv=["{tmp}/broken"],
        message="the notebook's kernel 'mine' starts {tmp}/broken, no Python that works: "
        "no such luck",
        fix="install the kernel anew so that its command is a Python interpreter",
    ),
    Refused(
        title="too old",
        argv=["{tmp}/old"],
        message="the notebook's kernel 'mine' runs Python 3.8.19",
        fix="choose a kernel with Python 3.11 or newer",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.title)
def test_a_kernel_that_cannot_be_used_is_refused(case: Refused, tmp_path: Path, add_kernel) -> None:
    for name, script in {"broken": "echo no such luck >&2; exit 1", "old": "echo 3.8.19"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    argv = [part.format(tmp=tmp_path) for part in case.argv]
    add_kernel("mine", argv=argv, language=case.language)
    with pytest.raises(EnvironmentFailure) as caught:
        find_kernel(case.name)
    assert (caught.value.message, caught.value.fix) == (case.message.format(tmp=tmp_path), case.fix)
