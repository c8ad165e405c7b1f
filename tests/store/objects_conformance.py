"""What every store of objects has to do: one suite, which each implementation's tests subclass."""

from __future__ import annotations

from abc import ABC, abstractmethod
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
NAME = f"{HEX[:2]}/{HEX}"


class Place(ABC):
    """Where an implementation puts its bytes, seen without it."""

    @abstractmethod
    def objects(self) -> Objects:
        """The objects of this place, as another machine opens them that knows nothing of it yet."""

    @abstractmethod
    def files(self) -> dict[str, bytes]:
        """All files, by their names below the place."""

    @abstractmethod
    def write(self, name: str, data: bytes | None) -> None:
        """Put these bytes there whatever was there; None: put nothing there."""


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


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[bytes], bytes | None]
    error: type[StoreError]


DAMAGES = [
    Damage("one flipped bit", lambda data: bytes([data[0] ^ 1]) + data[1:], ObjectCorrupted),
    Damage("cut short", lambda data: data[:7], ObjectCorrupted),
    Damage("empty", lambda data: b"", ObjectCorrupted),
    Damage("deleted", lambda data: None, ObjectMissing),
]
every_damage = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)

USES: list[tuple[str, Callable[[Objects, Path], object]]] = [
    ("read_bytes", lambda objects, folder: objects.read_bytes(DIGEST)),
    ("verify", lambda objects, folder: objects.verify(DIGEST)),
    ("inspect", lambda objects, folder: objects.inspect(DIGEST)),
    ("checkout", lambda objects, folder: objects.checkout(DIGEST, folder)),
    ("export", lambda objects, folder: objects.export(DIGEST, folder / "x")),
]


class ObjectsConformance:
    """Subclasses give the fixture ``place``: a new one; ``objects`` are open there."""

    @pytest.fixture
    def objects(self, place: Place) -> Objects:
        objects = place.objects()
        objects.create()
        return objects

    @every_way
    def test_what_comes_in_is_one_object_for_everybody(
        self, place: Place, objects: Objects, tmp_path: Path, way: Way
    ) -> None:
        assert DIGEST not in objects
        for _ in range(2):  # equal content a second time adds nothing
            source = tmp_path / "source"
            source.write_bytes(DATA)
            assert way.put(objects, source) == DIGEST
        assert place.files() == {NAME: DATA}
        for opened in (objects, place.objects()):
            opened.create()
            assert (DIGEST in opened, opened.size(DIGEST)) == (True, len(DATA))
            assert opened.read_bytes(DIGEST) == DATA
            assert opened.head(DIGEST, 6) == DATA[:6]
            opened.inspect(DIGEST)

    @every_damage
    @pytest.mark.parametrize("use", [use for _, use in USES], ids=[name for name, _ in USES])
    def test_damaged_objects_are_named_and_never_used(
        self,
        place: Place,
        objects: Objects,
        tmp_path: Path,
        damage: Damage,
        use: Callable[[Objects, Path], object],
    ) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        objects.put_bytes(DATA)
        place.write(NAME, damage.do(DATA))
        other = place.objects()
        other.create()
        for _ in range(2):
            with pytest.raises(damage.error, match=DIGEST) as caught:
                use(other, folder)
            assert type(caught.value) is damage.error
        assert list(folder.iterdir()) == []

    @every_way
    @every_damage
    def test_putting_the_bytes_again_heals(
        self, place: Place, objects: Objects, tmp_path: Path, way: Way, damage: Damage
    ) -> None:
        objects.put_bytes(DATA)
        place.write(NAME, damage.do(DATA))
        source = tmp_path / "source"
        source.write_bytes(DATA)
        way.put(objects, source)
        assert place.files() == {NAME: DATA}

    def test_adopt_refuses_other_bytes_and_leaves_them(
        self, place: Place, objects: Objects, tmp_path: Path
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"other")
        with pytest.raises(ObjectCorrupted, match=str(source)):
            objects.adopt(source, DIGEST)
        assert (source.read_bytes(), place.files()) == (b"other", {})

    def test_checkout_and_export(self, place: Place, objects: Objects, tmp_path: Path) -> None:
        objects.put_bytes(DATA)
        for opened in (objects, place.objects()):
            opened.create()
            link = opened.checkout(DIGEST, tmp_path)
            opened.export(DIGEST, tmp_path / "copy")
            assert link == tmp_path / HEX
            assert (link.read_bytes(), link.stat().st_mode & 0o222) == (DATA, 0)
            with (tmp_path / "copy").open("ab") as file:  # writable
                file.write(b"!")
            assert place.files() == {NAME: DATA}

    def test_what_is_not_there_is_missing(self, objects: Objects) -> None:
        for use in (objects.size, objects.read_bytes, objects.verify, objects.inspect):
            with pytest.raises(ObjectMissing, match=DIGEST):
                use(DIGEST)
        with pytest.raises(ObjectMissing, match=DIGEST):
            objects.head(DIGEST, 3)

    @pytest.mark.parametrize(
        "digest", ["", "sha256:", HEX, "sha256:../../etc/passwd", DIGEST.upper(), DIGEST + "0"]
    )
    def test_malformed_digests_reach_no_file(self, objects: Objects, digest: str) -> None:
        for use in (objects.path, objects.size, objects.read_bytes, objects.__contains__):
            with pytest.raises(StoreError, match="is not a digest"):
                use(digest)

    def test_a_scan_finds_all_objects_and_all_strays(self, place: Place, objects: Objects) -> None:
        digests = sorted(objects.put_bytes(bytes([number])) for number in range(40))
        place.write("ab/notes.txt", b"?")
        place.write(f"00/{HEX}", b"?")
        place.write("tmp/.x.tmp", b"?")  # somebody may be writing it
        assert list(objects.digests()) == digests
        names = [stray.rpartition("/")[2] for stray in objects.strays()]
        assert sorted(names) == sorted(["notes.txt", HEX])

    def test_what_is_moved_aside_comes_back_when_it_is_needed(self, place: Place) -> None:
        objects = place.objects()
        objects.create()
        objects.put_bytes(DATA)
        assert objects.move_aside(DIGEST, "gc.1")
        assert not objects.move_aside(DIGEST, "gc.1")
        assert (list(objects.digests()), list(objects.strays())) == ([], [])
        assert (objects.piles(), objects.aside("gc.1")) == (["gc.1"], [DIGEST])
        with pytest.raises(ObjectMissing):
            objects.inspect(DIGEST)
        other = place.objects()
        other.create()
        assert other.read_bytes(DIGEST) == DATA
        assert list(other.digests()) == [DIGEST]
        other.drop(DIGEST, "gc.1")
        assert (objects.piles(), objects.bring_back(DIGEST, "gc.1")) == ([], True)
        assert objects.move_aside(DIGEST, "damaged.1")
        with pytest.raises(ObjectMissing):
            place.objects().read_bytes(DIGEST)
