"""The kernel's interpreter and environment, when they are not the step command's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from stepfolder import Code, make_step

from jupyter_mlops.step import main

pytestmark = pytest.mark.kernel


def make_interpreter(folder: Path, *without: str) -> str:
    """A new virtual environment with all that this one has, except some packages."""
    import sysconfig

    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(without) and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    return str(folder / "bin" / "python")


def test_kernel_in_another_interpreter(tmp_path: Path) -> None:
    python = make_interpreter(tmp_path / "other", "cloudpickle", "jupyter_mlops", "pandas")
    step = make_step(
        tmp_path,
        Code(
            source="import sys, cloudpickle, jupyter_mlops\nprint(sys.executable, "
            "jupyter_mlops.__path__[0].endswith('path/jupyter_mlops'))"
        ),
        python=python,
        environ={"GREETING": "hello"},
    )
    assert main(step.argv()) == 0
    assert [e["text"] for e in step.events() if e["event"] == "output"] == [f"{python} True\n"]


def test_interpreter_without_ipykernel(tmp_path: Path) -> None:
    python = make_interpreter(tmp_path / "other", "ipykernel")
    missing, absent = (
        make_step(tmp_path, Code(source="1"), python=python),
        make_step(tmp_path, Code(source="1"), python="/nowhere/python", run="run-2"),
    )
    assert [main(missing.argv()), main(absent.argv())] == [1, 1]
    messages = [step.result().error.message.splitlines() for step in (missing, absent)]
    assert messages[0] == [
        f"the notebook's interpreter {python} has no ipykernel",
        f"    fix: install it there: {python} -m pip install ipykernel",
    ]
    assert messages[1][0].startswith("the notebook's interpreter /nowhere/python cannot be started")


def test_environment_of_the_kernel(tmp_path: Path) -> None:
    source = """
import os
print([os.environ.get(k) for k in
       ("GREETING", "PYTHONHASHSEED", "JUPYTER_MLOPS_STATE", "JUPYTER_MLOPS_WORK")], os.getcwd())
"""
    step = make_step(tmp_path, Code(source=source), environ={"GREETING": "hello"})
    assert main(step.argv()) == 0
    state, work = (str(step.attempt() / name) for name in ("state", "work"))
    (printed,) = [e["text"] for e in step.events() if e["event"] == "output"]
    assert printed == f"{['hello', '0', state, work]} {work}\n"
