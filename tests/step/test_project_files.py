"""Which files of a project a step sees."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest
from stepfolder import file_ref

from jupyter_mlops.step.project import count_files, list_names, project_root, walk


def make_files(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


@dataclass(frozen=True, kw_only=True)
class Root:
    id: str
    files: tuple[str, ...]
    parent: bool
    root: str


ROOTS = [
    Root(id="own folder", files=("p/.git/HEAD",), parent=False, root="p/a/b"),
    Root(id="parent", files=(), parent=True, root="p/a"),
    Root(id="repository", files=("p/.git/HEAD",), parent=True, root="p"),
    Root(id="nearest mark", files=("p/.git/HEAD", "p/a/pyproject.toml"), parent=True, root="p/a"),
    Root(id="own mark is not enough", files=("p/a/b/.git/HEAD",), parent=True, root="p/a"),
]


@pytest.mark.parametrize("case", ROOTS, ids=lambda case: case.id)
def test_project_root(tmp_path: Path, case: Root) -> None:
    make_files(tmp_path, "p/a/b/n.ipynb", *case.files)
    assert project_root(tmp_path / "p/a/b/n.ipynb", case.parent) == tmp_path / case.root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One of everything that can lie in a project."""
    root, outside = tmp_path / "project", tmp_path / "outside"
    make_files(root, "n.ipynb", "data/iris.csv", ".env", "data/deep/x")
    make_files(root, ".git/HEAD", ".venv/x", "venv/x", "node_modules/x", "data/__pycache__/x")
    make_files(root, ".ipynb_checkpoints/x", ".cache/x")
    make_files(root, "kept/VERSION", "kept/objects/x", "kept/runs/x", "objects/x")
    make_files(outside, "far.csv", "sub/farther.csv")
    (root / "empty").mkdir()
    (root / "inside").symlink_to("data/iris.csv")
    (root / "absolute").symlink_to(root / "data")
    (root / "far").symlink_to(outside)
    (outside / "loop").symlink_to(outside)
    (root / "dangling").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root)
        server.bind("socket")
        os.chdir(here)
    return root


def test_walk(project: Path) -> None:
    notes: list[str] = []
    seen = {entry.path: entry.kind for entry in walk(project, notes.append)}
    assert seen == {
        ".env": "file",
        "absolute": "link",
        "data": "folder",
        "data/deep": "folder",
        "data/deep/x": "file",
        "data/iris.csv": "file",
        "empty": "folder",
        "far": "folder",
        "far/far.csv": "file",
        "far/sub": "folder",
        "far/sub/farther.csv": "file",
        "inside": "link",
        "n.ipynb": "file",
        "objects": "folder",
        "objects/x": "file",
    }
    assert [note.split(" ")[0] for note in notes] == ["dangling"]


@pytest.mark.parametrize(("limit", "count"), [(100, 9), (9, 9), (8, 9), (3, 4)])
def test_count_files(project: Path, limit: int, count: int) -> None:
    assert count_files(project, limit) == count


@dataclass(frozen=True, kw_only=True)
class Listing:
    id: str
    folder: str
    files: tuple[tuple[str, bytes | None], ...] = ()
    names: tuple[str, ...]


LISTINGS = [
    Listing(id="folder", folder="data/", names=("deep", "iris.csv")),
    Listing(
        id="root",
        folder="./",
        names=(".env", "absolute", "data", "empty", "far", "inside", "n.ipynb", "objects"),
    ),
    Listing(id="added", folder="data", files=(("data/b", b""),), names=("b", "deep", "iris.csv")),
    Listing(id="removed", folder="data", files=(("data/iris.csv", None),), names=("deep",)),
    Listing(id="below", folder="data", files=(("data/x/y", b""),), names=("deep", "iris.csv", "x")),
    Listing(id="new", folder="new/", files=(("new/a", b""), ("new/b/c", b"")), names=("a", "b")),
    Listing(id="made empty", folder="new/", files=(("new/", b"listing\0[]"),), names=()),
    Listing(id="folder gone", folder="data/", files=(("data/deep/", None),), names=("iris.csv",)),
]


@pytest.mark.parametrize("case", LISTINGS, ids=lambda case: case.id)
def test_list_names(project: Path, case: Listing) -> None:
    files = [file_ref(*file) for file in case.files]
    assert list_names(project, case.folder, files) == list(case.names)
