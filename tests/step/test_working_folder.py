"""The working folder: what a step gets, and what it is found to have done."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from stepfolder import StepFolder, make_step

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.run import StepSpec
from jupyter_mlops.step import workfolder
from jupyter_mlops.step.command import parse
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.workfolder import Changes, SourceChanged, build, compare, scan

BIG = b"b" * 300


@pytest.fixture(autouse=True)
def _small_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of more than 200 bytes count as large."""
    monkeypatch.setattr(workfolder, "COPY_LIMIT", 200)


def lay(step: StepFolder, files: tuple[FileRef, ...] = ()) -> tuple[Layout, list[str]]:
    (layout, _), notes = parse(step.argv()), []
    layout.work.mkdir(parents=True)
    build(layout, StepSpec(run="r", step="s", stage="", files=files), notes.append)
    return layout, notes


def fill(source: Path) -> None:
    (source / "data").mkdir(parents=True)
    (source / "empty").mkdir()
    (source / "data" / "iris.csv").write_bytes(b"1,2")
    (source / "data" / "big.bin").write_bytes(BIG)
    (source / "run.sh").write_bytes(b"echo")
    (source / "run.sh").chmod(0o755)
    (source / "link").symlink_to(source / "data" / "iris.csv")
    os.utime(source / "run.sh", (1, 1))


def picture(root: Path) -> dict[str, str | bytes]:
    """Every path below a folder: its bytes, where it leads, or that it is a folder."""
    found: dict[str, str | bytes] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"→ {path.readlink()}"
        else:
            found[name] = "folder" if path.is_dir() else path.read_bytes()
    return found


def test_project_is_copied(tmp_path: Path) -> None:
    step = make_step(tmp_path)
    fill(step.source)
    layout, notes = lay(step)
    assert picture(layout.work) == {
        "data": "folder",
        "data/big.bin": f"→ {step.source / 'data' / 'big.bin'}",
        "data/iris.csv": b"1,2",
        "empty": "folder",
        "link": "→ data/iris.csv",
        "run.sh": b"echo",
    }
    state = (layout.work / "run.sh").stat()
    assert (oct(state.st_mode), state.st_mtime, notes) == ("0o100755", 1, [])


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """Files of earlier steps, and what differs from the project."""

    id: str
    files: tuple[tuple[str, bytes | None], ...]
    gone: tuple[str, ...] = ()
    there: tuple[tuple[str, str | bytes], ...] = ()


OVERLAYS = [
    Overlay(id="new", files=(("a/b.txt", b"n"),), there=(("a", "folder"), ("a/b.txt", b"n"))),
    Overlay(id="replaced", files=(("run.sh", b"n"),), there=(("run.sh", b"n"),)),
    Overlay(id="large replaced", files=(("data/big.bin", b"n"),), there=(("data/big.bin", b"n"),)),
    Overlay(id="link replaced", files=(("link", b"n"),), there=(("link", b"n"),)),
    Overlay(id="deleted", files=(("run.sh", None),), gone=("run.sh",)),
    Overlay(
        id="folder deleted",
        files=(("data/", None), ("data/iris.csv", None), ("data/big.bin", None)),
        gone=("data", "data/iris.csv", "data/big.bin"),
    ),
    Overlay(id="empty folder", files=(("new/", b"listing\0[]"),), there=(("new", "folder"),)),
    Overlay(
        id="file becomes folder",
        files=(("run.sh", None), ("run.sh/x", b"n")),
        there=(("run.sh", "folder"), ("run.sh/x", b"n")),
    ),
    Overlay(
        id="folder becomes file",
        files=(("empty", b"n"), ("empty/", None)),
        there=(("empty", b"n"),),
    ),
    Overlay(id="deleted twice", files=(("run.sh/x", None), ("none", None)), there=()),
]


@pytest.mark.parametrize("case", OVERLAYS, ids=lambda case: case.id)
def test_files_of_earlier_steps(tmp_path: Path, case: Overlay) -> None:
    plain = make_step(tmp_path, run="plain")
    fill(plain.source)
    untouched = picture(lay(plain)[0].work)
    step = make_step(tmp_path, files=dict(case.files))
    before = picture(step.source)
    layout, _ = lay(step, spec_files(step))
    expected = {k: v for k, v in untouched.items() if k not in case.gone} | dict(case.there)
    assert picture(layout.work) == expected
    assert picture(step.source) == before


def spec_files(step: StepFolder) -> tuple[FileRef, ...]:
    import json

    from jupyter_mlops.model.codec import from_json

    return from_json(StepSpec, json.loads((step.path / "spec.json").read_text())).files


@pytest.mark.skipif(os.getuid() == 0, reason="root can read every file")
def test_unreadable_file_stays_unreadable(tmp_path: Path) -> None:
    step = make_step(tmp_path)
    (step.source / "secret").write_text("x")
    (step.source / "secret").chmod(0)
    layout, notes = lay(step)
    assert notes == ["secret cannot be read (no permission): the step cannot read it either"]
    assert oct((layout.work / "secret").stat().st_mode) == "0o100000"


def put(name: str, content: str) -> Callable[[Path], object]:
    return lambda work: (work / name).write_text(content)


def make_socket(work: Path) -> None:
    here = Path.cwd()
    os.chdir(work)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
    os.chdir(here)


def replace_folder(work: Path) -> None:
    (work / "empty").rmdir()
    (work / "empty").write_text("x")


def replace_file(work: Path) -> None:
    (work / "run.sh").unlink()
    (work / "run.sh").mkdir()


def replace_large(work: Path) -> None:
    (work / "data" / "big.bin").unlink()
    (work / "data" / "big.bin").write_text("small")


def keep_size_and_time(work: Path) -> None:
    """What a rename over an old file does: only the inode is new."""
    old = (work / "run.sh").stat()
    (work / "t").write_text("ohce")
    os.utime(work / "t", ns=(old.st_atime_ns, old.st_mtime_ns))
    (work / "t").rename(work / "run.sh")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a step does to its working folder, and what a scan makes of it."""

    id: str
    do: Callable[[Path], object]
    changes: Changes


DEEDS = [
    Deed(id="nothing", do=lambda work: (work / "run.sh").read_text(), changes=Changes()),
    Deed(id="create", do=put("new", "x"), changes=Changes(written=("new",))),
    Deed(id="create hidden", do=put(".new", "x"), changes=Changes(written=(".new",))),
    Deed(id="change", do=put("run.sh", "other"), changes=Changes(written=("run.sh",))),
    Deed(id="same size", do=keep_size_and_time, changes=Changes(written=("run.sh",))),
    Deed(id="through a link", do=put("link", "xx"), changes=Changes(written=("data/iris.csv",))),
    Deed(id="replace large", do=replace_large, changes=Changes(written=("data/big.bin",))),
    Deed(
        id="delete",
        do=lambda work: (work / "run.sh").unlink(),
        changes=Changes(deleted=("run.sh",)),
    ),
    Deed(
        id="delete large",
        do=lambda work: (work / "data" / "big.bin").unlink(),
        changes=Changes(deleted=("data/big.bin",)),
    ),
    Deed(
        id="delete folder",
        do=lambda work: shutil.rmtree(work / "data"),
        changes=Changes(deleted=("data/", "data/big.bin", "data/iris.csv")),
    ),
    Deed(
        id="make folder", do=lambda work: (work / "new").mkdir(), changes=Changes(emptied=("new/",))
    ),
    Deed(
        id="folder becomes file",
        do=replace_folder,
        changes=Changes(written=("empty",), deleted=("empty/",)),
    ),
    Deed(
        id="file becomes folder",
        do=replace_file,
        changes=Changes(deleted=("run.sh",), emptied=("run.sh/",)),
    ),
    Deed(id="pipe", do=lambda work: os.mkfifo(work / "p"), changes=Changes()),
    Deed(id="socket", do=make_socket, changes=Changes()),
    Deed(id="cache", do=lambda work: (work / "__pycache__").mkdir(), changes=Changes()),
]


@pytest.mark.parametrize("case", DEEDS, ids=lambda case: case.id)
def test_changes(tmp_path: Path, case: Deed) -> None:
    step = make_step(tmp_path)
    fill(step.source)
    layout, _ = lay(step)
    before = scan(layout.work)
    case.do(layout.work)
    assert compare(before, scan(layout.work)) == case.changes


def test_large_file_changed_in_place(tmp_path: Path) -> None:
    step = make_step(tmp_path)
    fill(step.source)
    layout, _ = lay(step)
    before = scan(layout.work)
    with (layout.work / "data" / "big.bin").open("ab") as file:
        file.write(b"x")
    with pytest.raises(SourceChanged, match=r"^data/big\.bin was changed in place") as raised:
        compare(before, scan(layout.work))
    assert raised.value.fix == "write the changed data to a new file instead of to data/big.bin"
