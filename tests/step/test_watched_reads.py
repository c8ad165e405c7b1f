"""Reads that Python does not hear of are seen from outside the kernel."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from stepfolder import Code, make_step, stage_notebook
from test_working_folder import lay

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.step import watch, workfolder
from jupyter_mlops.step.command import main, parse
from jupyter_mlops.step.project import of_listing
from jupyter_mlops.step.watch import named_files, watch_reads
from jupyter_mlops.step.workfolder import scan

LIBC = ctypes.CDLL(None)


def native_read(path: Path) -> None:
    """What a library in C does."""
    LIBC.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(LIBC.fopen(os.fsencode(path), b"r"))
    LIBC.fgetc(file)
    LIBC.fclose(file)


def native_map(path: Path) -> None:
    """Maps the file and reads no byte by a call."""
    descriptor = LIBC.open(os.fsencode(path), os.O_RDONLY)
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *([ctypes.c_int] * 3), ctypes.c_long)
    LIBC.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    place = LIBC.mmap(None, 1, 1, 1, descriptor, 0)
    assert ctypes.string_at(place, 1)
    LIBC.close(descriptor)
    LIBC.munmap(place, 1)


def native_write(path: Path) -> None:
    descriptor = LIBC.open(os.fsencode(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    LIBC.write(descriptor, b"new", 3)
    LIBC.close(descriptor)


def add_row(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("insert into t values (1)")
    database.close()


def far(work: Path) -> Path:
    """A file elsewhere, given the working folder."""
    return next(folder for folder in work.parents if (folder / "store").is_dir()) / "far.bin"


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is done in a working folder, and which files of it are seen as read."""

    id: str
    do: Callable[[Path], object]
    read: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


DEEDS = [
    Deed(id="nothing", do=lambda w: None),
    Deed(id="by a library", do=lambda w: native_read(w / "a.csv"), read=("a.csv",)),
    Deed(id="mapped", do=lambda w: native_map(w / "a.csv"), read=("a.csv",)),
    Deed(id="in a folder", do=lambda w: native_read(w / "in" / "deep" / "b.csv"),
         read=("in/deep/b.csv",)),
    Deed(id="by a command", do=lambda w: subprocess.run(["wc", "a.csv"], cwd=w, check=True),
         read=("a.csv",)),
    Deed(id="a script that runs", do=lambda w: subprocess.run([w / "run.sh"], check=True),
         read=("run.sh",)),
    Deed(id="a large file", do=lambda w: native_read(w / "large.bin"), read=("large.bin",)),
    Deed(id="through a link", do=lambda w: native_read(w / "link"), read=("a.csv",)),
    Deed(id="in a data folder", do=lambda w: native_read(w / "data" / "sub" / "c.csv"),
         read=("data/sub/c.csv",)),
    Deed(id="a file elsewhere that is named", do=lambda w: native_read(far(w)), read=("/far.bin",)),
    Deed(id="a database that is changed", do=lambda w: add_row(w / "db"), read=("db",)),
    Deed(id="asked about", do=lambda w: [p.stat() for p in (w / "a.csv", w / "in", w / "link")]),
    Deed(id="listed", do=lambda w: subprocess.run(["ls", w / "in" / "deep", w / "data" / "sub"],
                                                  check=True),
         listed=("data/sub/", "in/deep/")),
    Deed(id="listed, where modules are looked for", do=lambda w: list(w.iterdir())),
    Deed(id="written", do=lambda w: native_write(w / "a.csv")),
    Deed(id="made, and read", do=lambda w: (native_write(w / "n"), native_read(w / "n"))),
    Deed(
        id="written anew by Python, then read",
        do=lambda w: ((w / "a.csv").write_text("x"), native_read(w / "a.csv")),
        made=("a.csv",),
    ),
    Deed(
        id="read, then written anew by Python",
        do=lambda w: (native_read(w / "a.csv"), (w / "a.csv").write_text("x")),
        made=("a.csv",),
        read=("a.csv",),
    ),
    Deed(
        id="changed by a library, then read",
        do=lambda w: (native_write(w / "a.csv"), native_read(w / "a.csv")),
        read=("a.csv",),
    ),
    Deed(
        id="so much that events are lost",
        do=lambda w: [native_read(w / name) for _ in range(20_000) for name in ("a.csv", "link2")],
        read=("a.csv", "db", "in/deep/b.csv", "large.bin", "link", "link2", "run.sh"),
        listed=("data/", "in/", "in/deep/"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", DEEDS, ids=lambda case: case.id)
def test_reads_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Deed) -> None:
    monkeypatch.setattr(workfolder, "COPY_LIMIT", 20_000)
    if "lost" in case.id:
        monkeypatch.setattr(watch, "_PAUSE_SECONDS", 60)
    step = make_step(tmp_path)
    (tmp_path / "far.bin").write_text("far")
    (step.source / "in" / "deep").mkdir(parents=True)
    (step.source / "data" / "sub").mkdir(parents=True)
    for name in ("a.csv", "link2", "in/deep/b.csv", "data/sub/c.csv"):
        (step.source / name).write_text("1,2")
    (step.source / "run.sh").write_text("#!/bin/sh\ntrue\n")
    (step.source / "run.sh").chmod(0o755)
    (step.source / "large.bin").write_bytes(b"b" * 20_001)
    (step.source / "link").symlink_to("a.csv")
    with sqlite3.connect(step.source / "db") as database:
        database.execute("create table t (x)")
    database.close()
    layout, notes = lay(step)
    if not (layout.work / "data").is_symlink():
        subprocess.run(["rm", "-r", layout.work / "data"], check=True)
        (layout.work / "data").symlink_to(step.source / "data")
    before = scan(layout.work, ["data"])
    named = [str(tmp_path / "far.bin")]
    with watch_reads(layout, before, ["data"], named, notes.append) as seen:
        case.do(layout.work)
    read = {path.replace(str(tmp_path), "") for path in seen.files(before, ["data"], case.made)}
    assert tuple(sorted(read)) == case.read
    assert tuple(sorted(seen.folders(before, ["data"], ["./"]))) == case.listed
    assert len(notes) == (1 if "lost" in case.id else 0)


def test_files_that_a_step_names(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).touch()
    source = f"read('{tmp_path}/a.csv', \"{tmp_path}/none\", '{tmp_path}', 'b.csv')"
    step = make_step(tmp_path, Code(source=source))
    (layout, _) = parse(step.argv())
    layout.folder.mkdir(parents=True)
    layout.stage.write_bytes(stage_notebook([Code(source=source)]))
    parameters = {"path": f"{tmp_path}/c.csv", "rate": 1, "bad": "/a\0b"}
    assert named_files(layout, parameters) == {f"{tmp_path}/a.csv", f"{tmp_path}/c.csv"}


def test_a_step_records_what_others_read_for_it(tmp_path: Path) -> None:
    (tmp_path / "far.bin").write_text("far")
    os.utime(tmp_path / "far.bin", (1, 1))
    source = f"!cat a.csv {tmp_path}/far.bin in/*\n'{tmp_path}/far.bin'"
    enter = "import jupyter_mlops.kernel_state as _mlops\n_mlops.enter()"
    step = make_step(
        tmp_path,
        Code(id="enter", source=enter, position=None),
        Code(source=source),
        Code(id="capture", source="_mlops.capture()", position=None),
    )
    (step.source / "a.csv").write_text("a")
    (step.source / "b.csv").write_text("b")
    (step.source / "in").mkdir()
    (step.source / "in" / "c.csv").write_text("c")
    assert main(step.argv()) == 0
    assert step.result().files_read == (
        FileRef(path=f"{tmp_path}/far.bin", digest=of_bytes(b"far"), size=3),
        FileRef(path="a.csv", digest=of_bytes(b"a"), size=1),
        FileRef(path="in/", digest=of_listing(["c.csv"])),
        FileRef(path="in/c.csv", digest=of_bytes(b"c"), size=1),
    )
