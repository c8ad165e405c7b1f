"""A pickle runs code when it is loaded: none is loaded whose bytes are not the digest's."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from carrying import Case, Zygote, digests

CASE = Case(name="", steps=("x = [1]", "print(x)"), last="")


class Canary:
    """Makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@dataclass(frozen=True)
class Plant:
    """Puts a foreign pickle where the kernel looks for the object.

    ``put`` gets the object's path and the pickle.
    """

    name: str
    put: Callable[[Path, bytes], object]


def replace(path: Path, planted: bytes) -> None:
    path.unlink()
    path.write_bytes(planted)


def link(path: Path, planted: bytes) -> None:
    elsewhere = path.parents[2] / "elsewhere"
    elsewhere.write_bytes(planted)
    path.unlink()
    path.symlink_to(elsewhere)


def append(path: Path, planted: bytes) -> None:
    replace(path, path.read_bytes() + planted)


def prepend(path: Path, planted: bytes) -> None:
    replace(path, planted + path.read_bytes())


def name_a_path(path: Path, planted: bytes) -> None:
    (path.parents[2] / "elsewhere").write_bytes(planted)
    table = path.parents[1] / "table.json"
    value = json.loads(table.read_text())
    value["groups"][0]["digest"] = "sha256:../../elsewhere"
    table.write_text(json.dumps(value))


PLANTS = [
    Plant("another pickle in its place", replace),
    Plant("a link to another pickle", link),
    Plant("something behind it", append),
    Plant("something before it", prepend),
    Plant("a digest that is a path", name_a_path),
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_pickle_is_not_loaded(plant: Plant, zygote: Zygote, tmp_path: Path) -> None:
    assert zygote.stage(CASE, 0, tmp_path).error is None
    path = tmp_path / "state" / "objects" / digests(tmp_path)["x"].removeprefix("sha256:")
    canary = tmp_path / "it ran"
    planted = pickle.dumps({"x": Canary(canary)})
    plant.put(path, planted)
    outcome = zygote.stage(CASE, 1, tmp_path)
    assert outcome.error is not None
    assert (outcome.error["kind"], outcome.outputs) == ("ObjectCorrupted", [])
    assert not canary.exists()
    pickle.loads(planted)
    assert canary.exists()
