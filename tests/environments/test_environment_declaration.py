from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.environments.declaration import Declaration, find_declaration

HASHED = "beta==1.4 \\\n    --hash=sha256:00\n"
PROJECT = "[project]\nname = 'p'\ndependencies = ['beta']\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Files below `top/`, the notebook in `top/a/b/`; what is found: path, kind, title."""

    title: str
    files: dict[str, str]
    chosen: str | None = None
    expected: tuple[str, str, str] | None


CASES = [
    Case(title="nothing", files={}, expected=None),
    Case(
        title="beside the notebook",
        files={"a/b/requirements.txt": "beta"},
        expected=("a/b/requirements.txt", "requirements", "requirements.txt"),
    ),
    Case(
        title="requirements with hashes are a lock",
        files={"a/b/requirements.txt": HASHED},
        expected=("a/b/requirements.txt", "hashed", "requirements.txt (hashed)"),
    ),
    Case(
        title="the nearest of its kind",
        files={".git/HEAD": "", "requirements.txt": "far", "a/requirements.txt": "near"},
        expected=("a/requirements.txt", "requirements", "../requirements.txt"),
    ),
    Case(
        title="a lock before nearer requirements",
        files={".git/HEAD": "", "uv.lock": "", "a/b/requirements.txt": "beta"},
        expected=("uv.lock", "uv.lock", "../../uv.lock"),
    ),
    Case(
        title="a project before requirements beside it",
        files={"a/b/pyproject.toml": PROJECT, "a/b/requirements.txt": "beta"},
        expected=("a/b/pyproject.toml", "pyproject", "pyproject.toml"),
    ),
    Case(
        title="a pyproject.toml that only sets tools says nothing about packages",
        files={"a/b/pyproject.toml": "[tool.ruff]\n", "a/b/requirements.txt": "beta"},
        expected=("a/b/requirements.txt", "requirements", "requirements.txt"),
    ),
    Case(
        title="dependencies that only a build would tell",
        files={"a/b/pyproject.toml": "[project]\nname = 'p'\ndynamic = ['dependencies']\n"},
        expected=None,
    ),
    Case(
        title="not above the repository",
        files={"requirements.txt": "beta", "a/.git/HEAD": ""},
        expected=None,
    ),
    Case(
        title="not above the project, where there is no repository",
        files={"requirements.txt": "beta", "a/pyproject.toml": "[tool.ruff]\n"},
        expected=None,
    ),
    Case(
        title="only beside the notebook, where there is neither",
        files={"a/requirements.txt": "beta"},
        expected=None,
    ),
    Case(
        title="uv before PEP 751 before conda",
        files={"a/b/environment.yml": "", "a/b/pylock.toml": "", "a/b/uv.lock": ""},
        expected=("a/b/uv.lock", "uv.lock", "uv.lock"),
    ),
    Case(
        title="conda's lock before its environment",
        files={"a/b/environment.yml": "", "a/b/conda-lock.yml": ""},
        expected=("a/b/conda-lock.yml", "conda-lock", "conda-lock.yml"),
    ),
    Case(
        title="chosen: imports",
        files={"a/b/uv.lock": ""},
        chosen="imports",
        expected=None,
    ),
    Case(
        title="chosen: another file, of the same kind by its content",
        files={"a/b/uv.lock": "", "a/locks/gpu.txt": HASHED},
        chosen="../locks/gpu.txt",
        expected=("a/locks/gpu.txt", "hashed", "../locks/gpu.txt (hashed)"),
    ),
    Case(
        title="chosen: a named lock of PEP 751",
        files={"a/b/pylock.gpu.toml": ""},
        chosen="pylock.gpu.toml",
        expected=("a/b/pylock.gpu.toml", "pylock", "pylock.gpu.toml"),
    ),
    Case(
        title="chosen: a conda environment of another name",
        files={"a/b/gpu.yml": ""},
        chosen="gpu.yml",
        expected=("a/b/gpu.yml", "environment.yml", "gpu.yml"),
    ),
    Case(
        title="chosen: a lock that compile wrote",
        files={"a/b/pipeline/requirements.lock": "# Python 3.11\n" + HASHED},
        chosen="pipeline/requirements.lock",
        expected=(
            "a/b/pipeline/requirements.lock",
            "hashed",
            "pipeline/requirements.lock (hashed)",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_find_declaration(case: Case, tmp_path: Path) -> None:
    top = tmp_path / "top"
    folder = top / "a" / "b"
    folder.mkdir(parents=True)
    for path, text in case.files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
    found = find_declaration(folder, case.chosen)
    if case.expected is None:
        assert found is None
        return
    path, kind, title = case.expected
    assert found == Declaration(
        path=top / path,
        kind=kind,  # type: ignore[arg-type]
        folder=folder,
        shown=title.removesuffix(" (hashed)"),
    )
    assert found.title == title
