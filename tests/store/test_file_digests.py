"""Digests of files elsewhere: hashed once, and never believed of a file that changed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store.digests import LEAST, SETTLED_SECONDS, FileDigests

OLD, NEW = b"o" * LEAST, b"n" * LEAST
LATER = SETTLED_SECONDS * 10**9


def later() -> int:
    """The time, so late that what was just written counts as settled."""
    return time.time_ns() + LATER


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of files that are hashed from now on."""
    names, digest = [], hashlib.file_digest

    def note(file: BinaryIO, kind: str) -> object:
        names.append(Path(file.name).name)
        return digest(file, kind)

    monkeypatch.setattr("jupyter_mlops.store.digests.hashlib.file_digest", note)
    return names


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "big.bin"
    path.write_bytes(OLD)
    return path


def rewrite_keeping_times(path: Path) -> None:
    """Other bytes of the same length, with the old time put back."""
    state = path.stat()
    path.write_bytes(NEW)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def replace_keeping_times(path: Path) -> None:
    state, other = path.stat(), path.with_name("other")
    other.write_bytes(NEW)
    os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
    other.replace(path)


def damage(path: Path) -> None:
    for record in (path.parent / "known").iterdir():
        record.write_text("{")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What happens between two processes that want a file's digest, and what the second does."""

    id: str
    change: Callable[[Path], object] = lambda path: None
    content: bytes = OLD
    hashes: int = 1
    clock: Callable[[], int] = later


CASES = [
    Case(id="nothing", hashes=0),
    Case(id="other bytes", change=lambda p: p.write_bytes(NEW), content=NEW),
    Case(id="other bytes behind old times", change=rewrite_keeping_times, content=NEW),
    Case(id="another file with old times", change=replace_keeping_times, content=NEW),
    Case(id="touched", change=lambda p: os.utime(p, (1, 1))),
    Case(id="just written when it was hashed", clock=time.time_ns),
    Case(id="record damaged", change=damage),
    Case(id="small", change=lambda p: p.write_bytes(b"s"), content=b"s"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_second_process(tmp_path: Path, path: Path, hashed: list[str], case: Case) -> None:
    folder = tmp_path / "known"
    assert FileDigests(folder, case.clock).of(path) == of_bytes(OLD)
    case.change(path)
    hashed.clear()
    second = FileDigests(folder, case.clock)
    assert (second.of(path), len(hashed)) == (of_bytes(case.content), case.hashes)


def test_within_one_process_small_files_are_hashed_once_too(
    tmp_path: Path, hashed: list[str]
) -> None:
    path, digests = tmp_path / "small", FileDigests(tmp_path / "known", later)
    path.write_bytes(b"s")
    assert [digests.of(path), digests.of(path)] == [of_bytes(b"s")] * 2
    assert hashed == ["small"]
    assert not (tmp_path / "known").exists()


def test_what_changes_within_the_clocks_granularity_is_not_believed(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of its stamps are equal before and after, as on a clock that stands still meanwhile."""
    digests = FileDigests(tmp_path / "known")
    state = path.stat()
    with monkeypatch.context() as frozen:
        frozen.setattr(Path, "stat", lambda self: state)
        assert digests.of(path) == of_bytes(OLD)
        path.write_bytes(NEW)
        assert digests.of(path) == of_bytes(NEW)
        assert FileDigests(tmp_path / "known").of(path) == of_bytes(NEW)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A digest that somebody else found, and whether it is believed."""

    id: str
    size: int = LEAST
    since: int = 2 * LATER
    change: Callable[[Path], object] = lambda path: None
    believed: bool = True


TOLD = [
    Told(id="of the file as it is"),
    Told(id="of another size", size=LEAST + 1, believed=False),
    Told(id="hashed before it settled", since=0, believed=False),
    Told(id="changed since then", change=lambda p: p.write_bytes(NEW), since=0, believed=False),
    Told(id="gone since then", change=lambda p: p.rename(p.with_name("x")), believed=False),
]


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.id)
def test_what_others_hashed(tmp_path: Path, path: Path, hashed: list[str], case: Told) -> None:
    since = time.time_ns() + case.since
    case.change(path)
    FileDigests(tmp_path / "known").learn(path, "sha256:told", size=case.size, since=since)
    digests = FileDigests(tmp_path / "known")
    if path.exists():
        assert (digests.of(path) == "sha256:told") == case.believed == (not hashed)
    else:
        assert not (tmp_path / "known").exists()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, path: Path) -> None:
    (tmp_path / "known").touch()
    assert FileDigests(tmp_path / "known", later).of(path) == of_bytes(OLD)


@pytest.mark.parametrize("missing", ["none", "big.bin/none"])
def test_a_missing_file_is_an_error(tmp_path: Path, path: Path, missing: str) -> None:
    with pytest.raises(OSError, match=missing):
        FileDigests().of(tmp_path / missing)


def test_many_processes_that_are_killed_leave_nothing_wrong(tmp_path: Path, path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from jupyter_mlops.store.digests import FileDigests\n"
        "path, folder = map(Path, sys.argv[1:])\n"
        "clock = lambda: time.time_ns() + 10**11\n"
        "while True:\n    path.touch()\n    FileDigests(folder, clock).of(path)\n"
        "    print(flush=True)\n"
    )
    folder = tmp_path / "known"
    writers = [
        subprocess.Popen([sys.executable, "-c", code, path, folder], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    for writer in writers:
        assert writer.stdout is not None
        for _ in range(20):
            writer.stdout.readline()
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    digests = FileDigests(folder, later)
    assert digests.of(path) == of_bytes(OLD)
    assert len(list(folder.glob("*.json"))) == 1
