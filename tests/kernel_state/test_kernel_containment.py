"""What a kernel may read and must not change, by path."""

from __future__ import annotations

import errno
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.kernel_state.containment import (
    VARIABLE,
    Containment,
    ReadOnlyFolder,
    read_containment,
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """``work`` with a file and links, ``data`` and ``other`` beside it."""
    for folder in ("work", "data", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").touch()
    (tmp_path / "work" / "inner").symlink_to(tmp_path / "data")
    (tmp_path / "work" / "link.csv").symlink_to(tmp_path / "data" / "a.csv")
    return tmp_path


def containment(place: Path, **more: bool) -> Containment:
    return Containment(
        data={str(place / "work" / "inner"): "inner", str(place / "far"): "/mnt/far"},
        real=(str(place / "data"),),
        declared=(str(place / "work"),),
        **more,
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A path: its name in a data folder, and whether it may be changed or is undeclared."""

    path: str
    name: str | None = None
    may_change: bool = True
    undeclared: bool = False


CASES = [
    Case(path="work/a.csv"),
    Case(path="work/new.csv"),
    Case(path="work/inner", name="inner", may_change=False),
    Case(path="work/inner/a.csv", name="inner/a.csv", may_change=False),
    Case(path="work/inner/new.csv", name="inner/new.csv", may_change=False),
    Case(path="work/inner-other"),
    Case(path="work/link.csv", may_change=False),
    Case(path="data/a.csv", may_change=False, undeclared=True),
    Case(path="far/deep/b", name="/mnt/far/deep/b", may_change=False),
    Case(path="other/a.csv", undeclared=True),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_path(place: Path, case: Case) -> None:
    path = str(place / case.path)
    assert containment(place).data_name(path) == case.name
    assert containment(place, hermetic=True).is_undeclared(path) == case.undeclared
    assert not containment(place).is_undeclared(path)
    if case.may_change:
        containment(place).refuse_change(path)
        return
    with pytest.raises(ReadOnlyFolder) as raised:
        containment(place).refuse_change(path)
    assert (raised.value.errno, raised.value.filename) == (errno.EROFS, path)


@pytest.mark.parametrize("path", [3, None, b"/nowhere"])
def test_what_is_no_path_in_a_data_folder(place: Path, path: object) -> None:
    containment(place).refuse_change(path)


def test_told_by_the_environment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert read_containment() == Containment()
    told = {
        "data": {str(place / "work" / "inner"): "inner"},
        "hermetic": True,
        "declared": ["/project"],
        "secrets": {"PW": False, "KEY_FILE": True, "NONE": False},
    }
    (place / "key").write_text("in a file\n")
    monkeypatch.setenv(VARIABLE, json.dumps(told))
    monkeypatch.setenv("PW", "hunter2-secret")
    monkeypatch.setenv("KEY_FILE", str(place / "key"))
    read = read_containment()
    assert (read.data, read.real, read.hermetic, read.declared[0]) == (
        told["data"],
        (str(place / "data"),),
        True,
        "/project",
    )
    expected = {"PW": "hunter2-secret", "KEY": "in a file\n", "NONE": ""}
    assert read.secret_values() == expected
