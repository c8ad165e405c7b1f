"""Objects: stored once and whole, read-only, never used when their bytes changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Objects

DATA = b"what a step left" * 100
DIGEST = of_bytes(DATA)
HEX = DIGEST.removeprefix("sha256:")


def files_of(objects: Objects) -> list[str]:
    return sorted(str(p.relative_to(objects.root)) for p in objects.root.rglob("*") if p.is_file())


@dataclass(frozen=True)
class Way:
    """A way to bring bytes in; gives the digest."""

    name: str
    put: Callable[[Objects, Path], str]


def put_bytes(objects: Objects, source: Path) -> str:
    return objects.put_bytes(source.read_bytes())


def put_file(objects: Objects, source: Path) -> str:
    digest, size = objects.put_file(source)
    assert size == source.stat().st_size
    return digest


def adopt(objects: Objects, source: Path) -> str:
    digest = of_bytes(source.read_bytes())
    objects.adopt(source, digest)
    assert not source.exists()
    return digest


WAYS = [Way("put_bytes", put_bytes), Way("put_file", put_file), Way("adopt", adopt)]
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


@every_way
def test_what_comes_in_is_one_read_only_file(objects: Objects, tmp_path: Path, way: Way) -> None:
    for _ in range(2):  # equal content a second time adds nothing
        source = tmp_path / "source"
        source.write_bytes(DATA)
        assert way.put(objects, source) == DIGEST
    assert files_of(objects) == [f"{HEX[:2]}/{HEX}"]
    assert stat.S_IMODE(objects.path(DIGEST).stat().st_mode) == 0o444
    assert (DIGEST in objects, objects.size(DIGEST)) == (True, len(DATA))
    assert objects.read_bytes(DIGEST) == DATA


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, 7)


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Path], None]
    error: type[StoreError]


DAMAGES = [
    Damage("one flipped bit", flip, ObjectCorrupted),
    Damage("cut short", truncate, ObjectCorrupted),
    Damage("deleted", Path.unlink, ObjectMissing),
]
USES: list[tuple[str, Callable[[Objects, Path], object]]] = [
    ("read_bytes", lambda objects, folder: objects.read_bytes(DIGEST)),
    ("verify", lambda objects, folder: objects.verify(DIGEST)),
    ("checkout", lambda objects, folder: objects.checkout(DIGEST, folder)),
    ("export", lambda objects, folder: objects.export(DIGEST, folder / "x")),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
@pytest.mark.parametrize("use", [use for _, use in USES], ids=[name for name, _ in USES])
def test_damaged_objects_are_named_and_never_used(
    objects: Objects, tmp_path: Path, damage: Damage, use: Callable[[Objects, Path], object]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    damage.do(objects.path(objects.put_bytes(DATA)))
    with pytest.raises(damage.error, match=DIGEST) as caught:
        use(objects, folder)
    assert type(caught.value) is damage.error
    assert list(folder.iterdir()) == []


@every_way
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_putting_the_bytes_again_heals(
    objects: Objects, tmp_path: Path, way: Way, damage: Damage
) -> None:
    damage.do(objects.path(objects.put_bytes(DATA)))
    source = tmp_path / "source"
    source.write_bytes(DATA)
    way.put(objects, source)
    assert objects.read_bytes(DIGEST) == DATA
    assert files_of(objects) == [f"{HEX[:2]}/{HEX}"]


def test_adopt_refuses_other_bytes_and_leaves_them(objects: Objects, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"other")
    with pytest.raises(ObjectCorrupted, match=str(source)):
        objects.adopt(source, DIGEST)
    assert (source.read_bytes(), files_of(objects)) == (b"other", [])


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


def test_checkout_links_and_export_copies(objects: Objects, tmp_path: Path) -> None:
    objects.put_bytes(DATA)
    for _ in range(2):
        link = objects.checkout(DIGEST, tmp_path)
        objects.export(DIGEST, tmp_path / "copy")
    assert link == tmp_path / HEX
    assert link.samefile(objects.path(DIGEST))
    with (tmp_path / "copy").open("ab") as file:  # writable
        file.write(b"!")
    assert (objects.read_bytes(DIGEST), (tmp_path / "copy").read_bytes()) == (DATA, DATA + b"!")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["copy", "objects", HEX])


def test_checkout_to_another_file_system_is_a_read_only_copy(
    objects: Objects, tmp_path: Path, small_disk: Callable[[str], None]
) -> None:
    objects.put_bytes(DATA)
    copy = objects.checkout(DIGEST, tmp_path / "disk")
    assert copy.read_bytes() == DATA
    assert stat.S_IMODE(copy.stat().st_mode) == 0o444


@pytest.mark.parametrize(
    "digest", ["", "sha256:", HEX, "sha256:../../etc/passwd", DIGEST.upper(), DIGEST + "0"]
)
def test_malformed_digests_reach_no_file(objects: Objects, digest: str) -> None:
    with pytest.raises(StoreError, match="is not a digest"):
        objects.path(digest)


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
    assert (files_of(objects), source.exists()) == ([], True)


def test_only_old_leftovers_are_swept(objects: Objects) -> None:
    old, new = objects.root / "tmp" / ".old.tmp", objects.root / "tmp" / ".new.tmp"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    objects.create()
    assert (old.exists(), new.exists()) == (False, True)
