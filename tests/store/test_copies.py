"""Copies of objects that are elsewhere: how many are kept, and that nobody misses those that go."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from objects_conformance import DATA, DIGEST

from jupyter_mlops.store import Objects
from jupyter_mlops.store import copies as kept
from jupyter_mlops.store.copies import Copies
from jupyter_mlops.store.remote import RemoteObjects

OLD = 1_000_000_000
LATER = 5_000_000_000


@dataclass(frozen=True)
class Case:
    """Sizes of copies by the number of seconds at which they were used last; what is left."""

    name: str
    limit: int
    used: dict[int, int]
    left: set[int]


CASES = [
    Case("within the limit", 30, {1: 10, 2: 10, 3: 10}, {1, 2, 3}),
    Case("one too many", 29, {3: 10, 1: 10, 2: 10}, {2, 3}),
    Case("a large one", 10, {1: 5, 2: 50, 3: 5}, {3}),
    Case("no limit", 0, {1: 1000, 2: 1000}, {1, 2}),
    Case(
        "in use", 5, {1: 10, 5_000_000_000: 10, 5_000_000_001: 10}, {5_000_000_000, 5_000_000_001}
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_used_longest_ago_goes(tmp_path: Path, case: Case) -> None:
    (tmp_path / "ab").mkdir()
    for second, size in case.used.items():
        path = tmp_path / "ab" / str(second)
        path.write_bytes(b"x" * size)
        os.utime(path, (second, OLD))
    Copies(tmp_path, case.limit).added(1)
    assert {int(path.name) for path in (tmp_path / "ab").iterdir()} == case.left


def test_use_is_noted_and_the_time_of_the_bytes_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.write_bytes(b"x")
    os.utime(path, (1, OLD))
    Copies(tmp_path, 1).used(path)
    assert (path.stat().st_atime > OLD, path.stat().st_mtime) == (True, OLD)


USES: list[tuple[str, Callable[[RemoteObjects, Path], bytes]]] = [
    ("read_bytes", lambda objects, folder: objects.read_bytes(DIGEST)),
    ("checkout", lambda objects, folder: objects.checkout(DIGEST, folder).read_bytes()),
    ("export", lambda objects, folder: exported(objects, folder / "export")),
]


def exported(objects: RemoteObjects, path: Path) -> bytes:
    objects.export(DIGEST, path)
    return path.read_bytes()


@pytest.mark.parametrize("use", [use for _, use in USES], ids=[name for name, _ in USES])
@pytest.mark.parametrize("moment", ["before", "after it was verified"])
def test_readers_do_not_miss_what_another_process_removes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    use: Callable[[RemoteObjects, Path], bytes],
    moment: str,
) -> None:
    monkeypatch.setattr(kept, "IN_USE_SECONDS", -LATER)  # nothing is spared
    objects = RemoteObjects(f"file://{tmp_path}/remote", tmp_path / "cache")
    objects.create()
    objects.put_bytes(DATA)
    others = iter([Copies(tmp_path / "cache", 1)])
    verify = Objects._verify_file

    def verified_and_removed(self: Objects, digest: str) -> None:
        verify(self, digest)
        for other in others:
            other.trim()

    if moment == "before":
        next(others).trim()
        assert not objects.path(DIGEST).exists()
    monkeypatch.setattr(Objects, "_verify_file", verified_and_removed)
    assert use(objects, tmp_path) == DATA
