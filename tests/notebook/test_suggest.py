"""Tags suggested for notebooks that have none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.notebook.document import parse_notebook
from jupyter_mlops.notebook.suggest import headings, suggest_tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Cells, markdown where they begin with ``md:``, and the tag of each that gets one."""

    name: str
    cells: tuple[str, ...]
    tags: dict[int, str]


CASES = [
    Case(
        name="a step below each heading, imports above them shared",
        cells=(
            "md:# Irises",
            "%matplotlib inline\nimport pandas as pd\nfrom math import pi",
            "md:## Load",
            "df = 1",
            "df += 1",
            "md:text\n\n## Train a model!",
            "import sklearn",
            "model = 2",
        ),
        tags={1: "shared", 3: "step:load", 6: "step:train-a-model"},
    ),
    Case(
        name="code above the first heading is a step, too",
        cells=("x = 1", "import os", "md:# A", "y = 1", "md:# B", "z = 1"),
        tags={0: "step:start", 3: "step:a", 5: "step:b"},
    ),
    Case(
        name="deeper headings begin steps only where there are few others",
        cells=("md:# T", "a = 1", "md:### One", "b = 1", "md:#### Not this", "c = 1"),
        tags={1: "step:t", 3: "step:one"},
    ),
    Case(
        name="deeper headings below enough others",
        cells=("md:# A", "a = 1", "md:## B", "b = 1", "md:### C", "c = 1", "md:## D", "d = 1"),
        tags={1: "step:a", 3: "step:b", 7: "step:d"},
    ),
    Case(
        name="of several headings above a cell the highest names the step",
        cells=("md:# Book\n### Note", "md:## Data\n## More data", "a = 1", "md:### X", "b = 1"),
        tags={2: "step:book", 4: "step:x"},
    ),
    Case(
        name="names are unique, short and without markup",
        cells=(
            "md:## Plot",
            "a = 1",
            "md:## Plot",
            "b = 1",
            "md:## Plot 2",
            "c = 1",
            "md:## It's [a link](https://example.org) ##",
            "d = 1",
            "md:## 数据 und Größe",
            "e = 1",
            "md:## " + "word " * 20,
            "f = 1",
            "md:## ***",
            "g = 1",
        ),
        tags={
            1: "step:plot",
            3: "step:plot-2",
            5: "step:plot-2-2",
            7: "step:its-a-link",
            9: "step:数据-und-größe",
            11: "step:word-word-word-word-word-word-word-word",
            13: "step:start",
        },
    ),
    Case(
        name="cells without code, and code that is not Python",
        cells=("md:# A", "", "what is this", "import os", "md:# B", "   "),
        tags={2: "step:a"},
    ),
    Case(
        name="a magic that does more than set up",
        cells=("%run other.py", "md:# A", "%load_ext autoreload", "x = 1"),
        tags={0: "step:start", 2: "step:a"},
    ),
    Case(name="nothing but imports", cells=("import os",), tags={0: "shared"}),
    Case(name="no cells", cells=(), tags={}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_suggested_tags(case: Case) -> None:
    cells = [
        {
            "cell_type": "markdown" if source.startswith("md:") else "code",
            "metadata": {},
            "source": source.removeprefix("md:"),
            "id": f"c{number}",
        }
        for number, source in enumerate(case.cells)
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    found = suggest_tags(parse_notebook(json.dumps(document).encode(), Path("x.ipynb")))
    assert found == {f"c{number}": (tag,) for number, tag in case.tags.items()}


def test_headings_of_markdown() -> None:
    text = "\n".join(
        (
            "#no heading",
            "# One #",
            "```python",
            "# a comment",
            "```",
            "Two",
            "---",
            "",
            "---",
            "###### Six",
            "Three",
            "===",
        )
    )
    assert list(headings(text)) == [(1, "One"), (2, "Two"), (6, "Six"), (1, "Three")]
