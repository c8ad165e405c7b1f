from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.environments.conda import CondaNeeds, read_environment
from jupyter_mlops.environments.target import Target
from jupyter_mlops.errors import EnvironmentFailure


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line of `dependencies`, and the requirement that it comes to."""

    line: str
    expected: tuple[str, ...]


CASES = [
    Case(line="numpy", expected=("numpy",)),
    Case(line="numpy=1.26", expected=("numpy==1.26.*",)),
    Case(line="numpy=1.26.*", expected=("numpy==1.26.*",)),
    Case(line="numpy==1.26.4", expected=("numpy==1.26.4",)),
    Case(line="numpy=1.26.4=py311h64a7726_0", expected=("numpy==1.26.4",)),
    Case(line="numpy 1.26.4", expected=("numpy==1.26.4",)),
    Case(line="numpy >=1.20, <2", expected=("numpy>=1.20,<2",)),
    Case(line="conda-forge::pytorch=2.1", expected=("torch==2.1.*",)),
    Case(line="matplotlib-base", expected=("matplotlib",)),
    Case(line="My_Package", expected=("my-package",)),
    Case(line="{pip: [a==1, b]}", expected=("a==1", "b")),
    Case(line="pip", expected=()),
    Case(line="python=3.11", expected=()),
    Case(line="python>=3.10,<3.12", expected=()),
    Case(line="python=3.11.4=h955ad1f_0", expected=()),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_read_environment(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "environment.yml"
    line = case.line if case.line.startswith("{") else f'"{case.line}"'
    path.write_text(f"name: x\nchannels: [conda-forge]\ndependencies:\n- {line}\n")
    target = Target(python="3.11.9", machine="x86_64")
    found = read_environment(path, target=target, installed={"my-package"})
    assert found == CondaNeeds(requirements=case.expected)


@dataclass(frozen=True, kw_only=True)
class Broken:
    text: str
    message: str


BROKEN = [
    Broken(text="[]", message="{path} is no environment: it holds no mapping"),
    Broken(text="name: x", message="{path} has no list of `dependencies`"),
    Broken(text="dependencies: ['=1']", message="{path}: '=1' is no requirement of conda"),
    Broken(
        text="dependencies: [python=3.9]",
        message="{path} is for Python ==3.9.*, but the notebook's kernel runs 3.11.9",
    ),
]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.text)
def test_a_broken_environment_is_named(case: Broken, tmp_path: Path) -> None:
    path = tmp_path / "environment.yml"
    path.write_text(case.text)
    target = Target(python="3.11.9", machine="x86_64")
    with pytest.raises(EnvironmentFailure) as caught:
        read_environment(path, target=target, installed=())
    assert caught.value.message == case.message.replace("{path}", str(path))
