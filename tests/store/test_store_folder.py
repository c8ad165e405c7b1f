"""A store's folder: made once, refused with a fix where it cannot be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.errors import StoreError, UnknownRun
from jupyter_mlops.store import Store


def test_nothing_is_touched_before_open(tmp_path: Path) -> None:
    Store(tmp_path / "store")
    assert list(tmp_path.iterdir()) == []


def test_open_makes_the_layout_and_may_be_repeated(tmp_path: Path) -> None:
    root = tmp_path / "some" / "store"
    for _ in range(2):
        store = Store(root).open()
    assert sorted(p.name for p in root.iterdir()) == ["VERSION", "cache", "objects", "runs"]
    assert (root / "VERSION").read_text() == "1\n"
    assert store.cache == root / "cache"
    assert store.run_folder("20261123-150405-iris-3fa9") == (
        root / "runs" / "20261123-150405-iris-3fa9"
    )


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", ".hidden"])
def test_a_run_folder_never_leaves_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownRun):
        Store(tmp_path).run_folder(name)


@dataclass(frozen=True)
class Bad:
    name: str
    make: Callable[[Path], object]
    message: str


def newer(root: Path) -> None:
    Store(root).open()
    (root / "VERSION").write_text("2\n")


def damaged(root: Path) -> None:
    Store(root).open()
    (root / "VERSION").write_text("<html>")


def foreign(root: Path) -> None:
    root.mkdir()
    (root / "thesis.tex").write_text("")


BAD = [
    Bad("a file in its place", Path.touch, r"store cannot be .*: File exists"),
    Bad("a newer version's", newer, r"has format 2; this version reads format 1"),
    Bad("a damaged VERSION", damaged, r"VERSION is damaged: it holds '<html>'"),
    Bad("somebody else's folder", foreign, r"is not a store: it has no VERSION, but.* thesis.tex"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_folder_is_refused_with_a_fix(tmp_path: Path, bad: Bad) -> None:
    root = tmp_path / "store"
    bad.make(root)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StoreError, match=bad.message) as caught:
        Store(root).open()
    assert caught.value.fix
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
def test_a_read_only_disk_is_refused_with_a_fix(
    tmp_path: Path, small_disk: Callable[[str], None], existing: bool
) -> None:
    store = Store(tmp_path / "disk" / "store")
    if existing:
        store.open()
    small_disk("ro")
    with pytest.raises(StoreError, match=r"Read-only file system|read-only") as caught:
        store.open()
    assert "--store" in caught.value.fix


def test_a_full_disk_is_refused_with_a_fix(
    tmp_path: Path, small_disk: Callable[[str], None]
) -> None:
    ballast = tmp_path / "disk" / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(b"x" * 1_000_000)
    with pytest.raises(StoreError, match="no space is left"):
        Store(tmp_path / "disk" / "store").open()


def test_the_import_is_cheap() -> None:
    program = (
        "import sys, jupyter_mlops.store; print([m for m in sys.modules if m == 'sqlalchemy'])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert shown.stdout == "[]\n"
