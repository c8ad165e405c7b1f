"""Where a notebook stands in its repository, and that the repository is only read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.model.run import GitState
from jupyter_mlops.runner.provenance import git_state

Prepare = Callable[[Path], object]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, "-c", "user.name=ada", "-c", "user.email=ada@x", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")


def commit_in(name: str) -> Prepare:
    """Make the folder of that name, relative to the notebook's, a repository with a commit."""
    return lambda folder: commit(folder / name)


def write(name: str) -> Prepare:
    return lambda folder: (folder / name).write_text("changed")


def detach(folder: Path) -> None:
    git(folder, "checkout", "-q", "--detach")


def touch(folder: Path) -> None:
    """Change the time of every file but not its content: what git's index knows is stale."""
    for path in folder.iterdir():
        os.utime(path, (1, 1))


def ignore(folder: Path) -> None:
    (folder / ".gitignore").write_text("*.ipynb\n")
    git(folder, "rm", "-q", "--cached", "a[1].ipynb")
    git(folder, "add", ".gitignore")
    git(folder, "commit", "-q", "-m", "ignored")


@dataclass(frozen=True)
class Case:
    """``expected``: branch and dirty flag, or None for no repository."""

    name: str
    prepare: tuple[Prepare, ...]
    expected: tuple[str, bool] | None


CASES = [
    Case("no repository", (), None),
    Case("no commit", (lambda folder: git(folder, "init", "-q"),), None),
    Case("clean", (commit,), ("main", False)),
    Case("clean, in a folder of a repository", (commit_in(".."),), ("main", False)),
    Case("clean, but touched", (commit, touch), ("main", False)),
    Case("detached", (commit, detach), ("", False)),
    Case("notebook changed", (commit, write("a[1].ipynb")), ("main", True)),
    Case("another tracked file changed", (commit, write("data.csv")), ("main", True)),
    Case("another file is not tracked", (commit, write("notes.txt")), ("main", False)),
    Case("notebook not tracked", (write(".gitignore"), commit, ignore), ("main", True)),
    Case("staged", (commit, write("data.csv"), lambda f: git(f, "add", ".")), ("main", True)),
    Case("a damaged repository", (commit, lambda f: (f / ".git/HEAD").write_text("x")), None),
]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = tmp_path / "repository" / "project"
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("1,2")
    (folder / "a[1].ipynb").write_text("{}")
    return folder / "a[1].ipynb"


def everything(folder: Path) -> dict[Path, tuple[int, bytes | None]]:
    """Time and bytes of all that is below the folder."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_state(notebook: Path, case: Case) -> None:
    for prepare in case.prepare:
        prepare(notebook.parent)
    before = everything(notebook.parents[1])
    state = git_state(notebook)
    assert everything(notebook.parents[1]) == before
    expected = case.expected and GitState(
        commit=git(notebook.parent, "rev-parse", "HEAD"),
        branch=case.expected[0],
        dirty=case.expected[1],
    )
    assert state == expected


def test_without_git_there_is_no_state(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(notebook.parent)
    monkeypatch.setenv("PATH", "/nowhere")
    assert git_state(notebook) is None
