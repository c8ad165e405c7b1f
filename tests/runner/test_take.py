"""What an attempt left is taken only if every byte is what its record says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import StepResult
from jupyter_mlops.runner.take import discard_attempts, take_outputs
from jupyter_mlops.store import Objects

RESULT = StepResult(
    attempt=2,
    state="succeeded",
    started="s",
    ended="e",
    groups=(
        Group(names=("old",), digest=of_bytes(b"old"), size=3),
        Group(names=("new",), digest=of_bytes(b"new"), size=3),
    ),
    files_written=(FileRef(path="f", digest=of_bytes(b"file")), FileRef(path="g", digest=None)),
)


@dataclass(frozen=True)
class Scene:
    folder: Path
    objects: Objects

    @property
    def outputs(self) -> Path:
        return self.folder / "attempts" / "2" / "outputs"

    def left(self, data: bytes) -> Path:
        return self.outputs / of_bytes(data).removeprefix("sha256:")


@pytest.fixture(params=[1, 64], ids=["by threads", "one by one"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many outputs are taken by threads."""
    monkeypatch.setattr(Objects, "parallel_from", request.param)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    objects = Objects(tmp_path / "objects")
    objects.create()
    objects.put_bytes(b"old")
    scene = Scene(tmp_path / "step", objects)
    scene.outputs.mkdir(parents=True)
    for data in (b"new", b"file"):
        scene.left(data).write_bytes(data)
    (scene.outputs.parent / "executed.ipynb").write_bytes(b"{}")
    (scene.outputs.parent / "events.jsonl").write_bytes(b"log")
    return scene


def test_all_objects_are_in_the_store_afterwards(scene: Scene, many: None) -> None:
    taken = take_outputs(RESULT, scene.folder, scene.objects)
    assert taken == replace(RESULT, notebook=of_bytes(b"{}"), log=of_bytes(b"log"))
    for data in (b"old", b"new", b"file", b"{}", b"log"):
        assert scene.objects.read_bytes(of_bytes(data)) == data
    assert list(scene.outputs.iterdir()) == []


def link_elsewhere(path: Path) -> None:
    path.unlink()
    (path.parent.parent / "elsewhere").write_bytes(b"file")
    path.symlink_to("../elsewhere")


@dataclass(frozen=True)
class Case:
    kind: str
    damage: Callable[[Path], object]


@pytest.mark.parametrize(
    "case",
    [
        Case("ObjectCorrupted", lambda path: path.write_bytes(b"other")),
        Case("ObjectMissing", Path.unlink),
        Case("ObjectCorrupted", link_elsewhere),
    ],
    ids=["other bytes", "removed", "a link"],
)
def test_a_wrong_output_fails_the_step(scene: Scene, many: None, case: Case) -> None:
    case.damage(scene.left(b"file"))
    taken = take_outputs(RESULT, scene.folder, scene.objects)
    assert taken.error is not None
    assert (taken.state, taken.error.kind, taken.groups) == ("failed", case.kind, ())
    assert of_bytes(b"file") in taken.error.message
    assert (taken.notebook, taken.log) == (of_bytes(b"{}"), of_bytes(b"log"))


def test_only_the_live_log_of_an_attempt_stays(scene: Scene, tmp_path: Path) -> None:
    outside = tmp_path / "data"
    outside.mkdir()
    (outside / "kept").touch()
    work = scene.folder / "attempts" / "2" / "work"
    locked = work / "locked"
    locked.mkdir(parents=True)
    (locked / "file").touch()
    (work / "link").symlink_to(outside)
    (scene.folder / "inputs").mkdir()
    (scene.folder / "spec.json").touch()
    locked.chmod(0o500)
    for _ in range(2):
        discard_attempts(scene.folder)
    found = sorted(str(p.relative_to(scene.folder)) for p in scene.folder.rglob("*"))
    assert found == ["attempts", "attempts/2", "attempts/2/events.jsonl", "spec.json"]
    assert (outside / "kept").exists()
