"""Whether a kernel has what was declared: nothing is built then."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from packages import Index
from projectfiles import PYLOCK, PYPROJECT, UV_LOCK, laid_out

from jupyter_mlops.environments import Kernel, detect
from jupyter_mlops.environments.declaration import find_declaration
from jupyter_mlops.environments.satisfied import differences, kernel_has
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Pipeline


@dataclass(frozen=True, kw_only=True)
class Case:
    """The kernel has alpha-lib 2.1, which needs beta, beta 1.4, and delta from a folder."""

    title: str
    files: Mapping[str, str]
    imports: tuple[str, ...] = ("beta",)
    has: bool
    conda: bool = False


CASES = [
    Case(title="requirements", files={"requirements.txt": "alpha-lib>=2\nbeta\n"}, has=True),
    Case(title="other version", files={"requirements.txt": "beta>=1.5\n"}, has=False),
    Case(title="lacks", files={"requirements.txt": "unheard-of\n"}, has=False),
    Case(title="lacks what an extra needs", files={"requirements.txt": "beta[x]\n"}, has=False),
    Case(
        title="a file that is named, and its constraints",
        files={"requirements.txt": "-r r.txt\n", "r.txt": "beta\n-c c.txt\n", "c.txt": "beta<1"},
        has=False,
    ),
    Case(
        title="another system's",
        files={"requirements.txt": "beta\nunheard-of ; sys_platform == 'win32'\n"},
        has=True,
    ),
    Case(
        title="an index and a folder do not count",
        files={"requirements.txt": "--extra-index-url https://x.test/simple\n-e ./lib\nbeta\n"},
        has=True,
    ),
    Case(
        title="a repository from which nothing is installed",
        files={"requirements.txt": "beta @ git+https://code.test/beta\n"},
        has=False,
    ),
    Case(title="imports lack", files={"requirements.txt": "beta\n"}, imports=("gone",), has=False),
    Case(title="a project", files={"pyproject.toml": PYPROJECT}, has=True),
    Case(title="hashed", files={"requirements.txt": "{beta}"}, has=True),
    Case(
        title="hashed, another version",
        files={"requirements.txt": "{beta}alpha-lib==2.0 --hash=sha256:00\n"},
        has=False,
    ),
    Case(
        title="hashed, lacks one",
        files={"requirements.txt": "{beta}unheard-of==2.0 --hash=sha256:00\n"},
        has=False,
    ),
    Case(
        title="hashed, another system's",
        files={"requirements.txt": "{beta}u==2 ; sys_platform == 'win32' --hash=sha256:00\n"},
        has=True,
    ),
    Case(title="PEP 751", files={"pylock.toml": PYLOCK}, has=True),
    Case(title="uv", files={"uv.lock": UV_LOCK, "pyproject.toml": PYPROJECT}, has=True),
    Case(
        title="conda, another version",
        files={"environment.yml": "dependencies:\n- pip:\n  - beta>=1.5\n"},
        has=False,
    ),
    Case(
        title="a kernel of conda",
        files={"environment.yml": "dependencies: [cudatoolkit, beta]\n"},
        conda=True,
        has=True,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_kernel_has(
    case: Case, index: Index, venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.conda:
        moved = tmp_path / "conda"
        (moved / "bin").mkdir(parents=True)
        (moved / "conda-meta").mkdir()
        (moved / "bin" / "python").symlink_to(sys.executable)
        venv = moved
    project = tmp_path / "project"
    laid_out(project, case.files, index)
    declaration = find_declaration(project)
    assert declaration is not None
    kernel = Kernel(
        name="theirs",
        python=str(venv / "bin" / "python"),
        version="{}.{}.{}".format(*sys.version_info),
    )
    pipeline = Pipeline(name="n", title="n", imports=() if case.conda else case.imports)
    detected = detect(pipeline, notebook=project / "n.ipynb", kernel=kernel)
    assert kernel_has(declaration, detected, cache=tmp_path / "cache") == case.has
    assert not (tmp_path / "cache").exists()
    assert {path.name for path in project.iterdir()} == set(case.files)


def test_a_lock_that_lacks_an_import_is_refused(index: Index, venv: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    laid_out(project, {"requirements.txt": "{beta}"}, index)
    declaration = find_declaration(project)
    assert declaration is not None
    kernel = Kernel(name="k", python=str(venv / "bin" / "python"), version="3.11.0")
    pipeline = Pipeline(name="n", title="n", imports=("alpha",))
    detected = detect(pipeline, notebook=project / "n.ipynb", kernel=kernel)
    with pytest.raises(EnvironmentFailure) as caught:
        kernel_has(declaration, detected, cache=tmp_path)
    assert caught.value.message == (
        "the notebook imports 'alpha' (package alpha-lib), which "
        f"{project}/requirements.txt does not contain"
    )


def test_differences_begin_with_other_versions() -> None:
    packages = {"a": "1", "b": "2", "c": "3", "d": "4"}
    found = differences(packages, {"b": "1", "d": "4", "e": "5"})
    assert found == ["b 1 instead of 2", "no a", "no c"]
