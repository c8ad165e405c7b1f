"""Which cell is named when a step's code is not what it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.compiler import compile_notebook
from jupyter_mlops.compiler.compile import Compiled
from jupyter_mlops.notebook import parse_notebook
from jupyter_mlops.runner.codechange import changed_cell

Cells = dict[str, tuple[str, str]]
"""Cell id → tag and source."""

BEFORE: Cells = {
    "top": ("shared", "import math\nlimit = 3"),
    "a": ("step:a", "x = 1"),
    "b": ("step:b", "y = x + limit"),
    "more": ("", "print(y)"),
}


@dataclass(frozen=True)
class Case:
    """What the cells of step b are now."""

    name: str
    after: Cells
    why: str | None


CASES = [
    Case("nothing", BEFORE, None),
    Case("a comment", BEFORE | {"b": ("step:b", "y = x + limit  # sum")}, None),
    Case("another step", BEFORE | {"a": ("step:a", "x = 2")}, None),
    Case("a cell", BEFORE | {"more": ("", "print(-y)")}, "code of cell 4 changed"),
    Case("a tag", BEFORE | {"more": ("check", "print(y)")}, "code of cell 4 changed"),
    Case("a shared cell", BEFORE | {"top": ("shared", "limit = 4")}, "code of cell 1 changed"),
    Case(
        "a shared cell and one of its own",
        BEFORE | {"top": ("shared", "limit = 4"), "b": ("step:b", "y = x * limit")},
        "code of cell 3 changed",
    ),
    Case("one more cell", BEFORE | {"new": ("", "print(x)")}, "cell 5 is new"),
    Case(
        "one cell less",
        {name: cell for name, cell in BEFORE.items() if name != "more"},
        "a cell of the step is gone",
    ),
]


def compiled(cells: Cells) -> Compiled:
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "id": name,
                "cell_type": "code",
                "metadata": {"tags": [tag] * bool(tag)},
                "source": text,
            }
            for name, (tag, text) in cells.items()
        ],
    }
    return compile_notebook(parse_notebook(json.dumps(document).encode(), Path("book.ipynb")))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_changed_cell_is_named(case: Case) -> None:
    positions = {name: number for number, name in enumerate(case.after, start=1)}
    stages = [compiled(cells).stages["b"] for cells in (BEFORE, case.after)]
    assert changed_cell(*stages, positions) == case.why
