"""What each code cell is, as an editor shows it while the notebook is being written."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.compiler import analyse_notebook

Place = tuple[int, str, str | None, bool]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells as ``(tags, source)``, and cell, role, step and whether it begins the step."""

    name: str
    cells: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]


CASES = [
    Case(
        name="untagged cells follow the step above them",
        cells=(("parameters", "n = 1"), ("#", "text"), ("step:a", "x = n"), ("", "y = x")),
        places=(
            (1, "parameters", None, False),
            (3, "code", "a", True),
            (4, "code", "a", False),
        ),
    ),
    Case(
        name="imports above the first step belong to all, other code to a step of its own",
        cells=(("", "import math"), ("", "x = 1\nprint(x)"), ("step:a", "y = x")),
        places=((1, "shared", None, False), (2, "code", "start", True), (3, "code", "a", True)),
    ),
    Case(
        name="roles within a step, and cells that are left out",
        cells=(
            ("step:a", "x = 1"),
            ("check", "assert x"),
            ("skip", "1 / 0"),
            ("metrics", "m = x"),
            ("shared", "import math"),
        ),
        places=(
            (1, "code", "a", True),
            (2, "check", "a", False),
            (3, "skip", None, False),
            (4, "metrics", "a", False),
            (5, "shared", None, False),
        ),
    ),
    Case(
        name="a step that goes on after another begins again",
        cells=(("step:a", "x = 1"), ("step:b", "y = x"), ("step:a", "z = y"), ("", "print(z)")),
        places=(
            (1, "code", "a", True),
            (2, "code", "b", True),
            (3, "code", "a", True),
            (4, "code", "a", False),
        ),
    ),
    Case(
        name="cells without text, and cells that are not Python",
        cells=(("", ""), ("step:a", ""), ("", "x = 1"), ("check", "assert ("), ("skip", " ")),
        places=(
            (1, "code", None, False),
            (2, "code", "a", True),
            (3, "code", "a", False),
            (4, "check", "a", False),
            (5, "skip", None, False),
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_places(case: Case, make_notebook) -> None:
    found = analyse_notebook(make_notebook(case.cells)).cells
    assert tuple((p.cell, p.role, p.step, p.first) for p in found) == case.places
