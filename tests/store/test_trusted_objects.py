"""Objects that are trusted without being read again: what is noticed all the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from objects_conformance import Place
from test_remote_objects import Remote

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Objects, digests

DATA = os.urandom(digests.LEAST)  # what is known of smaller ones is not kept
DIGEST = of_bytes(DATA)
LONG_AGO = 1_000_000_000


@dataclass
class Scene:
    """A folder with one object of long ago that was verified, as a later process finds it."""

    folder: Path

    def opened(self) -> Objects:
        return Objects(self.folder / "objects", stamps=self.folder / "stamps")

    @property
    def path(self) -> Path:
        return self.opened().path(DIGEST)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    objects = scene.opened()
    objects.create()
    objects.put_bytes(DATA)
    os.utime(scene.path, (LONG_AGO, LONG_AGO))
    objects.trust(DIGEST)
    return scene


def test_what_was_verified_is_not_read_again(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.opened().checkout(DIGEST, tmp_path).unlink()  # a hard link comes and goes
    with monkeypatch.context() as patch:
        patch.setattr("hashlib.file_digest", None)  # nothing can be hashed
        scene.opened().trust(DIGEST)
    (scene.folder / "stamps").rename(scene.folder / "elsewhere")
    scene.opened().trust(DIGEST)  # it is read, and known again
    assert len(list((scene.folder / "stamps").iterdir())) == 1


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


FLIPPED = bytes([DATA[0] ^ 1]) + DATA[1:]
NOTICED: list[tuple[str, Callable[[Path], object], type[Exception]]] = [
    ("flipped", lambda path: rewrite(path, FLIPPED), ObjectCorrupted),
    ("cut short", lambda path: os.truncate(path, 7), ObjectCorrupted),
    ("deleted", lambda path: path.unlink(), ObjectMissing),
]


@pytest.mark.parametrize(
    ("harm", "error"), [case[1:] for case in NOTICED], ids=[case[0] for case in NOTICED]
)
def test_what_was_written_to_is_noticed(
    scene: Scene, harm: Callable[[Path], object], error: type[Exception]
) -> None:
    harm(scene.path)
    for _ in range(2):
        with pytest.raises(error):
            scene.opened().trust(DIGEST)


def test_a_disk_that_lies_is_found_out_by_the_first_who_uses_the_bytes(scene: Scene) -> None:
    rewrite(scene.path, FLIPPED)
    os.utime(scene.path, (LONG_AGO, LONG_AGO))
    scene.opened().trust(DIGEST)  # it looks as it did
    objects = scene.opened()
    with pytest.raises(ObjectCorrupted):
        objects.verify(DIGEST)
    for later in (objects, scene.opened()):
        with pytest.raises(ObjectCorrupted):
            later.trust(DIGEST)


def test_at_a_url_what_was_found_corrupted_is_not_trusted_until_it_is_sound(
    tmp_path: Path,
) -> None:
    place: Place = Remote(f"file://{tmp_path}/remote", tmp_path / "caches")
    writer, reader = place.objects(), place.objects()
    for objects in (writer, reader):
        objects.create()
    with pytest.raises(ObjectMissing):
        reader.trust(DIGEST)
    writer.put_bytes(DATA)
    (name,) = place.files()
    place.write(name, FLIPPED)
    reader.trust(DIGEST)  # it is there, and nobody has read it
    for use in (reader.read_bytes, reader.trust):
        with pytest.raises(ObjectCorrupted):
            use(DIGEST)
    writer.put_bytes(DATA)
    reader.trust(DIGEST)
