"""Tags suggested from what cells do to names; with them the notebook can be compiled."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.compiler import check_notebook
from jupyter_mlops.compiler.suggest import suggest

LOAD = """# Load the data
rows = []
for n in range(20):
    rows.append(n)
    print(n)
print(len(rows))"""
CLEAN = """kept = []
for row in rows:
    if row % 2:
        kept.append(row)
print(rows)
print(kept)"""
TRAIN = """#--- Train a model ---
total = 0
for row in kept:
    total += row
model = total
print(model)"""
SHOW = """for number in range(model):
    print(number)
    print(number)
    print(number)
    print(number)
    print(number)"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells as ``(tags, source)``, and the tags and the reason of each that gets some."""

    name: str
    cells: tuple[tuple[str, str], ...]
    suggested: dict[int, tuple[str, str]]


CASES = [
    Case(name="nothing", cells=(), suggested={}),
    Case(
        name="a short notebook is one step",
        cells=(("", "x = input()"), ("", "print(x)")),
        suggested={1: ("step:start", "the first code that is run")},
    ),
    Case(
        name="values above the first heading, and assertions",
        cells=(
            ("", "import math"),
            ("", "lr = 0.5  # step size\nn = 3"),
            ("#", "## Load"),
            ("", "x = n * lr\nprint(x)"),
            ("", "assert x\nassert n"),
            ("#", "## Train"),
            ("", "y = x"),
        ),
        suggested={
            1: ("shared", "it holds nothing but imports"),
            2: ("parameters", "it holds nothing but values that later cells read"),
            4: ("step:load", "below the heading “Load”"),
            5: ("check", "it holds nothing but assertions"),
            7: ("step:train", "below the heading “Train”"),
        },
    ),
    Case(
        name="a step that begins with values begins below them",
        cells=(
            ("#", "## Load"),
            ("", "n = 3"),
            ("", "x = n * 2\nprint(x)"),
            ("#", "## Show"),
            ("", "print(x)"),
        ),
        suggested={
            2: ("parameters", "it holds nothing but values that later cells read"),
            3: ("step:load", "below the heading “Load”"),
            5: ("step:show", "below the heading “Show”"),
        },
    ),
    Case(
        name="values that change are no parameters, and only the top is shared",
        cells=(
            ("", "n = 3"),
            ("#", "# Functions"),
            ("", "def f():\n    return 1"),
            ("#", "## Run"),
            ("", "n = n + f()\nprint(n)"),
            ("", "def g():\n    return 1"),
            ("#", "## Show"),
            ("", "print(n, g())"),
        ),
        suggested={
            1: ("shared", "it holds nothing but imports, definitions and constants"),
            3: ("shared", "it holds nothing but imports, definitions and constants"),
            5: ("step:run", "below the heading “Run”"),
            8: ("step:show", "below the heading “Show”"),
        },
    ),
    Case(
        name="assertions that begin a step",
        cells=(("#", "## Load"), ("", "x = len('a')"), ("#", "## Check"), ("", "assert x")),
        suggested={
            2: ("step:load", "below the heading “Load”"),
            4: ("step:check,check", "it holds nothing but assertions"),
        },
    ),
    Case(
        name="no headings: steps at comments and where few variables pass",
        cells=(
            ("", "import math"),
            ("", LOAD),
            ("", "print('loaded')"),
            ("", CLEAN),
            ("", TRAIN),
            ("", SHOW),
        ),
        suggested={
            1: ("shared", "it holds nothing but imports"),
            2: ("step:load-the-data", "the first code that is run"),
            5: ("step:train-a-model", "its comment says “Train a model”; `kept` passes from above"),
        },
    ),
    Case(
        name="no headings, no comments: variables name steps",
        cells=(
            ("", LOAD.partition("\n")[2] + "\n"),
            ("", CLEAN),
            ("", CLEAN),
            ("", SHOW.replace("model", "len(kept)")),
        ),
        suggested={
            1: ("step:kept", "the first code that is run"),
            4: ("step:part", "`kept` passes from above"),
        },
    ),
    Case(
        name="a cell that is not Python",
        cells=(("", "x = ("), ("", "print(1)")),
        suggested={1: ("step:start", "the first code that is run")},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_suggested(case: Case, make_notebook) -> None:
    found = suggest(make_notebook(case.cells))
    assert {s.cell: (",".join(s.tags), s.reason) for s in found} == case.suggested


@pytest.mark.parametrize("case", CASES[1:-1], ids=lambda case: case.name)
def test_the_suggested_tags_compile(case: Case, make_notebook) -> None:
    tags = {s.cell: ",".join(s.tags) for s in suggest(make_notebook(case.cells))}
    cells = tuple(
        (tags.get(number, given), source)
        for number, (given, source) in enumerate(case.cells, start=1)
    )
    assert {f.code for f in check_notebook(make_notebook(cells))} <= {"ML105"}
