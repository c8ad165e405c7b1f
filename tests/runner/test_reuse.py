"""Reuse: an execution stands for a step only while all it read and left is as it was."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pytest

from jupyter_mlops.compiler.stage import stage_notebook
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.pipeline import Cell, Pipeline, Step
from jupyter_mlops.model.run import Environment, Execution, StepResult
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.runner.kept import read_kept
from jupyter_mlops.runner.reuse import Judge
from jupyter_mlops.step.project import of_listing
from jupyter_mlops.store import FileDigests, Objects
from jupyter_mlops.store.digests import LEAST

CELL = Cell(id="a", position=1, source="x = 1")
STEP = Step(name="s", cells=(CELL,), live=("x", "y"), metrics=("m",))
WRITTEN = (FileRef(path="made.csv", digest=of_bytes(b"made")),)


def stage_of(step: Step) -> bytes:
    return stage_notebook(Pipeline(name="p", title="p", steps=(step,)), step)


@dataclass(frozen=True)
class Scene:
    """A project, and one execution that read from it and left objects."""

    root: Path
    objects: Objects
    execution: Execution

    def why(self, step: Step = STEP, *, candidate: Execution | None = None) -> str:
        stage = of_bytes(stage_of(step))
        judge = Judge(objects=self.objects, project=ProjectFiles(self.root))
        verdict = judge.choose([candidate or self.execution], step, WRITTEN, stage)
        assert (verdict.execution is not None) == verdict.why.startswith("equal")
        return verdict.why


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "data" / "iris.csv").write_bytes(b"iris")
    objects = Objects(tmp_path / "objects")
    objects.create()
    reads = (
        FileRef(path="data/iris.csv", digest=of_bytes(b"iris")),
        FileRef(path="data/", digest=of_listing(["iris.csv"])),
        FileRef(path="absent.csv", digest=None),
        FileRef(path="absent/", digest=None),
        WRITTEN[0],
    )
    execution = Execution(
        execution="r.s.1",
        run="r",
        step="s",
        attempt=1,
        key="k",
        code="c",
        parameters={},
        inputs=(),
        files=(),
        environment=Environment(digest="e", engine="local", python="3"),
        stage=objects.put_bytes(stage_of(STEP)),
        source="s",
        why="",
        user="",
        host="",
        result=StepResult(
            attempt=1,
            state="succeeded",
            started="",
            ended="",
            groups=(Group(names=("x",), digest=objects.put_bytes(b"x"), size=1),),
            files_read=reads,
            files_written=(FileRef(path="gone", digest=None),),
            notebook=objects.put_bytes(b"notebook"),
        ),
    )
    return Scene(root, objects, execution)


def flip(objects: Objects, data: bytes) -> None:
    path = objects.path(of_bytes(data))
    path.chmod(0o644)
    path.write_bytes(data + b"?")


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


@dataclass(frozen=True)
class Case:
    why: str
    change: Callable[[Scene], object] = lambda scene: None
    step: Step = STEP


EQUAL = "equal code, parameters, environment, inputs and files read"
CASES = [
    Case(EQUAL),
    Case(EQUAL, lambda s: touch(s.root / "data" / "iris.csv")),
    Case(EQUAL, lambda s: (s.root / "other.csv").touch()),
    Case("file data/iris.csv changed", lambda s: (s.root / "data/iris.csv").write_bytes(b"IRIS")),
    Case("file data/iris.csv changed", lambda s: (s.root / "data/iris.csv").unlink()),
    Case("listing of folder data/ changed", lambda s: (s.root / "data/more.csv").touch()),
    Case("file absent.csv changed", lambda s: (s.root / "absent.csv").touch()),
    Case("file absent.csv changed", lambda s: (s.root / "absent.csv").mkdir()),
    Case("listing of folder absent/ changed", lambda s: (s.root / "absent").mkdir()),
    Case(
        f"object {of_bytes(b'x')} of r.s.1 is missing",
        lambda s: s.objects.path(of_bytes(b"x")).unlink(),
    ),
    Case(
        f"object {of_bytes(b'notebook')} of r.s.1 is corrupted",
        lambda s: flip(s.objects, b"notebook"),
    ),
    Case(EQUAL, step=replace(STEP, live=("x",))),
    Case(
        "a later step needs z, which r.s.1 did not keep", step=replace(STEP, live=("x", "y", "z"))
    ),
    Case("a later step needs n, which r.s.1 did not keep", step=replace(STEP, metrics=("m", "n"))),
    Case(
        "a later step needs every variable, which r.s.1 did not keep",
        step=replace(STEP, live_everything=True),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_an_execution_is_reused_only_if_all_is_as_it_was(scene: Scene, case: Case) -> None:
    case.change(scene)
    assert scene.why(case.step) == case.why


@dataclass(frozen=True)
class Outside:
    """A file outside the project that was read with other bytes than it has here now."""

    name: str
    image: str | None
    data: tuple[str, ...]
    counts: bool


OUTSIDE = [
    Outside("on this machine", None, (), counts=True),
    Outside("in an image", "sha256:i", (), counts=False),
    Outside("in a data folder beside an image", "sha256:i", ("/data",), counts=True),
    Outside("in an image, beside a data folder", "sha256:i", ("/dat",), counts=False),
]


@pytest.mark.parametrize("case", OUTSIDE, ids=lambda case: case.name)
def test_files_of_an_image_are_covered_by_its_identity(scene: Scene, case: Outside) -> None:
    settings = {"data": list(case.data)}
    environment = replace(scene.execution.environment, image=case.image, settings=settings)
    reads = (FileRef(path="/data/none.csv", digest=of_bytes(b"there")),)
    result = replace(scene.execution.result, files_read=reads)
    candidate = replace(scene.execution, environment=environment, result=result)
    assert scene.why(candidate=candidate) == (
        "file /data/none.csv changed" if case.counts else EQUAL
    )


def test_what_kept_everything_serves_any_later_step() -> None:
    kept = read_kept(stage_of(replace(STEP, live_everything=True)))
    assert kept.lacks(replace(STEP, live=("new",))) is None
    assert kept.lacks(replace(STEP, live_everything=True)) is None
    assert kept.lacks(replace(STEP, metrics=("new",))) == "new"


def test_long_captures_are_read_back() -> None:
    names = tuple(f"a_rather_long_variable_name_{number}" for number in range(20))
    assert read_kept(stage_of(replace(STEP, live=names))).names == frozenset(names)


@dataclass(frozen=True)
class Listing:
    name: str
    path: str
    files: tuple[FileRef, ...]
    names: list[str] | None


def made(path: str) -> FileRef:
    return FileRef(path=path, digest=of_bytes(b""))


def reading(path: str) -> FileRef:
    return FileRef(path=path, digest=None)


LISTINGS = [
    Listing("the project's", "data/", (), ["iris.csv"]),
    Listing("the root", "./", (), ["data"]),
    Listing(
        "with what steps made",
        "data/",
        (made("data/b"), made("data/sub/c")),
        ["b", "iris.csv", "sub"],
    ),
    Listing(
        "without what they removed", "data/", (FileRef(path="data/iris.csv", digest=None),), []
    ),
    Listing("a folder that they made", "new/", (made("new/x"),), ["x"]),
    Listing("a folder that they made empty", "new/", (made("new/"),), []),
    Listing("a folder that is not there", "new/", (), None),
    Listing(
        "a folder that they removed",
        "data/",
        (FileRef(path="data/", digest=None), FileRef(path="data/iris.csv", digest=None)),
        None,
    ),
]


@pytest.mark.parametrize("case", LISTINGS, ids=lambda case: case.name)
def test_listings_are_those_of_the_working_folder(scene: Scene, case: Listing) -> None:
    expected = None if case.names is None else of_listing(case.names)
    assert ProjectFiles(scene.root).version(reading(case.path), case.files) == expected


def test_what_a_step_hashed_is_known_to_later_ones(scene: Scene, tmp_path: Path) -> None:
    inside, outside = scene.root / "data" / "big.bin", tmp_path / "far.bin"
    for path in (inside, outside):
        path.write_bytes(b"b" * LEAST)
    told = [
        FileRef(path="data/big.bin", digest="sha256:1", size=LEAST),
        FileRef(path=str(outside), digest="sha256:2", size=LEAST),
        FileRef(path="data/iris.csv", digest="sha256:3", size=4),
        FileRef(path="data/", digest="sha256:4"),
        FileRef(path="gone.bin", digest="sha256:5", size=LEAST),
    ]
    first = ProjectFiles(scene.root, digests=FileDigests(tmp_path / "known"))
    first.learn(told, since=time.time_ns() + 10**10)
    later = ProjectFiles(scene.root, digests=FileDigests(tmp_path / "known"))
    assert later.known() == ()
    assert [later.version(read, ()) for read in told[:2]] == ["sha256:1", "sha256:2"]
    known = {stamp.path: stamp.digest for stamp in later.known()}
    assert known == {"data/big.bin": "sha256:1", str(outside): "sha256:2"}


@pytest.mark.parametrize(("changes", "expected"), [(1, of_bytes(b"bytes 1")), (99, "unknown")])
def test_a_file_that_changes_while_it_is_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int, expected: str
) -> None:
    """It is hashed again, and one that never rests equals nothing that was ever read."""
    path, hashed = tmp_path / "a.csv", []
    path.write_bytes(b"bytes 0")
    digest = hashlib.file_digest

    def change_meanwhile(file: BinaryIO, name: str) -> object:
        found = digest(file, name)
        if len(hashed) < changes:
            path.write_bytes(b"bytes %d" % (len(hashed) + 1))
            os.utime(path, (len(hashed), len(hashed)))
        hashed.append(found.digest())
        return found

    monkeypatch.setattr("jupyter_mlops.store.digests.hashlib.file_digest", change_meanwhile)
    assert ProjectFiles(tmp_path).version(reading("a.csv"), ()) == expected
    assert len(hashed) == (2 if changes == 1 else 3)
