"""Objects behind fsspec URLs: the suite, and what only a URL can suffer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import fsspec
import pytest
from catalog_conformance import everything, record_history
from objects_conformance import DATA, DIGEST, HEX, NAME, ObjectsConformance, Place
from ssh_server import SshServer

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store import Objects, Store
from jupyter_mlops.store.remote import RemoteObjects, open_objects


class Remote(Place):
    def __init__(self, url: str, caches: Path) -> None:
        self._url, self._caches, self._numbers = url, caches, count()
        self._system, self._root = fsspec.core.url_to_fs(url)

    def objects(self) -> Objects:
        return RemoteObjects(self._url, self._caches / str(next(self._numbers)))

    def files(self) -> dict[str, bytes]:
        paths = self._system.find(self._root)
        return {path[len(self._root) + 1 :]: self._system.cat_file(path) for path in paths}

    def write(self, name: str, data: bytes | None) -> None:
        path = f"{self._root}/{name}"
        if data is None:
            self._system.rm_file(path)
        else:
            self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._system.pipe_file(path, data)


class RemoteFolder(Remote):
    """A place that is a folder of this machine, in truth."""

    def __init__(self, url: str, caches: Path, folder: Path) -> None:
        super().__init__(f"file://{folder}", caches)
        self._url = url


class TestMemoryObjects(ObjectsConformance):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Iterator[Place]:
        yield Remote("memory://objects", tmp_path / "caches")
        fsspec.filesystem("memory").rm("/objects", recursive=True)


class TestS3Objects(ObjectsConformance):
    @pytest.fixture
    def place(self, bucket: str, tmp_path: Path) -> Place:
        return Remote(f"{bucket}/objects", tmp_path / "caches")


class TestSftpObjects(ObjectsConformance):
    @pytest.fixture
    def place(self, ssh_user: SshServer, tmp_path: Path) -> Place:
        folder = tmp_path / "remote"
        return RemoteFolder(ssh_user.url(folder), tmp_path / "caches", folder)


class TestFileUrlObjects(ObjectsConformance):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return Remote(f"file://{tmp_path}/remote", tmp_path / "caches")


@pytest.fixture
def remote(tmp_path: Path) -> RemoteObjects:
    objects = RemoteObjects(f"file://{tmp_path}/remote", tmp_path / "cache")
    objects.create()
    return objects


def test_a_damaged_or_lost_copy_is_fetched_again(remote: RemoteObjects, tmp_path: Path) -> None:
    remote.put_bytes(DATA)
    copy = remote.path(DIGEST)
    copy.chmod(0o644)
    copy.write_bytes(b"?")
    assert remote.read_bytes(DIGEST) == DATA
    copy.unlink()
    assert remote.checkout(DIGEST, tmp_path).read_bytes() == DATA
    assert copy.read_bytes() == DATA


def test_a_copy_at_hand_needs_no_download(remote: RemoteObjects, tmp_path: Path) -> None:
    remote.put_bytes(DATA)
    (tmp_path / "remote" / NAME).unlink()
    assert remote.read_bytes(DIGEST) == DATA
    assert DIGEST not in remote


def test_only_old_leftovers_are_swept(remote: RemoteObjects, tmp_path: Path) -> None:
    old, new = (tmp_path / "remote" / "tmp" / name for name in ("old", "new"))
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert list(remote.strays()) == [f"file://{old}"]
    remote.create()
    assert old.exists()  # somebody looked today
    (mark,) = (tmp_path / "cache" / "probed").iterdir()
    os.utime(mark, (0, 0))
    remote.create()
    assert (old.exists(), new.exists()) == (False, True)


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    objects = RemoteObjects(f"file://{tmp_path}/file/below", tmp_path / "cache")
    with pytest.raises(StoreError, match=r"file/below cannot be read or written"):
        objects.create()


@pytest.mark.parametrize("url", ["nowhere://x", "s3://bucket", "sftp://host/folder"])
def test_what_fsspec_cannot_open_is_named(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("s3fs", "jupyter_mlops.store.sftp"):  # as if they were not installed
        monkeypatch.setitem(sys.modules, module, None)
    registry = sys.modules["fsspec.registry"]
    monkeypatch.delitem(registry._registry, "s3", raising=False)
    with pytest.raises(StoreError, match=rf"the objects at {url} cannot be reached"):
        RemoteObjects(url, tmp_path / "cache").create()


def test_the_url_decides(tmp_path: Path) -> None:
    opened = [open_objects(url, tmp_path) for url in ("", "memory://x")]
    assert [(type(objects), objects.root) for objects in opened] == [
        (Objects, tmp_path / "objects"),
        (RemoteObjects, tmp_path / "cache" / "objects"),
    ]


def test_a_catalog_is_rebuilt_from_the_url_alone(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/remote"
    first = Store(tmp_path / "first", objects=url).open()
    record_history(first)
    second = Store(tmp_path / "second", objects=url).open()
    assert second.rebuild_catalog().runs == 3
    assert everything(second) == everything(first)
    assert not (tmp_path / "first" / "objects").exists()
    assert HEX not in str(list(second.objects.digests()))
    first.close()
    second.close()
