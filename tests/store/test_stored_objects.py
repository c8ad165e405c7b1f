"""Objects in a folder: the suite, and what only a folder can do or suffer."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from objects_conformance import DATA, DIGEST, ObjectsConformance, Place, Way, every_way

from jupyter_mlops.errors import ObjectMissing, StoreError
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Objects


class Folder(Place):
    def __init__(self, root: Path) -> None:
        self._root = root

    def objects(self) -> Objects:
        return Objects(self._root)

    def files(self) -> dict[str, bytes]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        return {str(path.relative_to(self._root)): path.read_bytes() for path in files}

    def write(self, name: str, data: bytes | None) -> None:
        path = self._root / name
        path.unlink(missing_ok=True)
        if data is not None:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)


class TestFolderObjects(ObjectsConformance):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return Folder(tmp_path / "objects")


@every_way
def test_objects_are_read_only(objects: Objects, tmp_path: Path, way: Way) -> None:
    source = tmp_path / "source"
    source.write_bytes(DATA)
    way.put(objects, source)
    assert stat.S_IMODE(objects.path(DIGEST).stat().st_mode) == 0o444


def test_adopt_does_not_follow_links(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(DATA)
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(StoreError):
        objects.adopt(tmp_path / "link", DIGEST)
    assert (DIGEST in objects, (tmp_path / "secret").exists()) == (False, True)


def test_adopt_of_nothing_is_missing(objects: Objects, tmp_path: Path) -> None:
    with pytest.raises(ObjectMissing):
        objects.adopt(tmp_path / "absent", DIGEST)


def test_adopt_moves_across_file_systems(
    objects: Objects, tmp_path: Path, small_disk: Callable[[str], None]
) -> None:
    source = tmp_path / "disk" / "source"
    source.write_bytes(DATA)
    objects.adopt(source, DIGEST)
    assert (objects.read_bytes(DIGEST), source.exists()) == (DATA, False)


def test_checkout_is_a_link(objects: Objects, tmp_path: Path) -> None:
    objects.put_bytes(DATA)
    assert objects.checkout(DIGEST, tmp_path).samefile(objects.path(DIGEST))


def test_checkout_to_another_file_system_is_a_read_only_copy(
    objects: Objects, tmp_path: Path, small_disk: Callable[[str], None]
) -> None:
    objects.put_bytes(DATA)
    copy = objects.checkout(DIGEST, tmp_path / "disk")
    assert copy.read_bytes() == DATA
    assert stat.S_IMODE(copy.stat().st_mode) == 0o444


@every_way
def test_a_full_disk_is_named_and_leaves_nothing(
    tmp_path: Path, small_disk: Callable[[str], None], way: Way
) -> None:
    objects = Objects(tmp_path / "disk" / "objects")
    objects.create()
    source = tmp_path / "source"
    source.write_bytes(os.urandom(300_000))
    with pytest.raises(StoreError, match=r"no space is left[\s\S]*fix: free some space"):
        way.put(objects, source)
    assert (Folder(objects.root).files(), source.exists()) == ({}, True)


def test_only_old_leftovers_are_swept(objects: Objects) -> None:
    old, new = objects.root / "tmp" / ".old.tmp", objects.root / "tmp" / ".new.tmp"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    objects.create()
    assert (old.exists(), new.exists()) == (False, True)


def test_a_file_that_changes_meanwhile_is_stored_as_it_was_read(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, read = tmp_path / "source", hashlib.sha256()
    source.write_bytes(b"a" * 100)

    class Meddled:
        """Counts as the hash of what is read, and changes the file after the first part."""

        def update(self, chunk: bytes) -> None:
            read.update(chunk)
            if source.stat().st_size == 100:
                source.write_bytes(b"b" * 64)

        def hexdigest(self) -> str:
            return read.hexdigest()

    monkeypatch.setattr("jupyter_mlops.store.hashing._CHUNK", 16)
    with source.open("rb", buffering=0) as unbuffered, monkeypatch.context() as patch:
        patch.setattr("jupyter_mlops.store.objects.open_regular", lambda path: unbuffered)
        patch.setattr("jupyter_mlops.store.hashing.hashlib.sha256", Meddled)
        digest, size = objects.put_file(source)
    assert (size, objects.path(digest).read_bytes()) == (64, b"a" * 16 + b"b" * 48)
    assert digest == of_bytes(b"a" * 16 + b"b" * 48)
