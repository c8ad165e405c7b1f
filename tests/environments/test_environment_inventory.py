from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from installed import Dist

from jupyter_mlops.environments.inventory import inventory


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    dists: tuple[Dist, ...]
    modules: tuple[str, ...] = ()
    expected: dict[str, Any]


def answer(
    *,
    versions: dict[str, str],
    requires: dict[str, list[str]] | None = None,
    elsewhere: dict[str, str] | None = None,
    modules: dict[str, list[str]] | None = None,
    standard: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {
        "versions": versions,
        "requires": {name: [] for name in versions} | (requires or {}),
        "elsewhere": elsewhere or {},
        "modules": modules or {},
        "standard": list(standard),
    }


CASES = [
    Case(
        title="the module's name is not the package's",
        dists=(Dist(name="scikit-learn", version="1.5", files={"sklearn/__init__.py": ""}),),
        modules=("sklearn",),
        expected=answer(versions={"scikit-learn": "1.5"}, modules={"sklearn": ["scikit-learn"]}),
    ),
    Case(
        title="a single file, an extension, a name with a comma",
        dists=(
            Dist(name="six", files={"six.py": ""}),
            Dist(name="fast", files={"fast.cpython-311-x86_64-linux-gnu.so": ""}),
            Dist(name="odd", files={"odd/a,b.txt": ""}),
        ),
        modules=("fast", "odd", "six"),
        expected=answer(
            versions={"six": "1.0", "fast": "1.0", "odd": "1.0"},
            modules={"six": ["six"], "fast": ["fast"], "odd": ["odd"]},
        ),
    ),
    Case(
        title="two packages share a namespace",
        dists=(
            Dist(name="google-a", files={"google/a.py": ""}),
            Dist(name="google-b", files={"google/b.py": ""}),
        ),
        modules=("google",),
        expected=answer(
            versions={"google-a": "1.0", "google-b": "1.0"},
            modules={"google": ["google-a", "google-b"]},
        ),
    ),
    Case(
        title="names are normalised, requirements of extras and absent ones left out",
        dists=(
            Dist(
                name="A.B_c",
                requires=(
                    "D_e (>=1)",
                    "absent>=2",
                    "f[x]<3; python_version > '3'",
                    "g ; extra == 'g'",
                ),
            ),
            Dist(name="d.e"),
            Dist(name="f"),
            Dist(name="g"),
        ),
        expected=answer(
            versions={"a-b-c": "1.0", "d-e": "1.0", "f": "1.0", "g": "1.0"},
            requires={"a-b-c": ["d-e", "f"]},
        ),
    ),
    Case(
        title="an old egg declares its modules",
        dists=(Dist(name="egg", egg=True, top_level="eggs\nham\n", files={"eggs.py": ""}),),
        modules=("eggs", "spam"),
        expected=answer(versions={"egg": "1.0"}, modules={"eggs": ["egg"]}),
    ),
    Case(
        title="editable by a folder on sys.path",
        dists=(
            Dist(
                name="ed", files={"_ed.pth": "{folder}\nimport os\n"}, origin="file:///home/me/ed"
            ),
        ),
        modules=("edited", "plain", "other"),
        expected=answer(
            versions={"ed": "1.0"},
            elsewhere={"ed": "file:///home/me/ed"},
            modules={"edited": ["ed"], "plain": ["ed"]},
        ),
    ),
    Case(
        title="editable by a finder",
        dists=(
            Dist(
                name="ed",
                files={
                    "__editable___ed_1_0_finder.py": "",
                    "__editable__.ed-1.0.pth": "import __editable___ed_1_0_finder",
                },
                top_level="edited\n",
                origin="file:///home/me/ed",
            ),
        ),
        modules=("edited",),
        expected=answer(
            versions={"ed": "1.0"},
            elsewhere={"ed": "file:///home/me/ed"},
            modules={"edited": ["ed"]},
        ),
    ),
    Case(
        title="what comes with Python",
        dists=(),
        modules=("json", "numpy", "sys"),
        expected=answer(versions={}, standard=("json", "sys")),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_inventory(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    (project / "edited").mkdir(parents=True)
    (project / "edited" / "__init__.py").touch()
    (project / "other").mkdir()
    (project / "plain.py").touch()
    site = tmp_path / "site"
    site.mkdir()
    for dist in case.dists:
        dist.install(site)
    for pth in site.glob("*.pth"):
        pth.write_text(pth.read_text().replace("{folder}", str(project)))
    monkeypatch.setattr(sys, "path", [str(site)])
    found = inventory(list(case.modules))
    found["modules"] = {name: sorted(dists) for name, dists in found["modules"].items()}
    assert found == case.expected


def test_the_first_on_the_path_hides_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, version in (("first", "2.0"), ("second", "1.0")):
        Dist(name="twice", version=version, files={"twice.py": ""}).install(tmp_path / place)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second")])
    assert inventory(["twice"]) == answer(versions={"twice": "2.0"}, modules={"twice": ["twice"]})
