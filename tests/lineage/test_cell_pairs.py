"""Which cell of one revision is which of another, whose ids may be others."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.lineage.cells import align
from jupyter_mlops.runner.codechange import StageCell

LOAD = "import csv\nrows = list(csv.reader(open('data.csv')))\nprint(len(rows))"
CLEAN = "rows = [row for row in rows if all(row)]\nassert rows"
FIT = "model = {name: sum(values) / len(values)\n         for name, values in columns.items()}"


def cells(**sources: str) -> dict[str, StageCell]:
    return {
        identity: StageCell(shared=False, tags=(), code=source, source=source)
        for identity, source in sources.items()
    }


@dataclass(frozen=True)
class Case:
    name: str
    b: dict[str, StageCell]
    pairs: list[tuple[str, str]]


A = cells(a=LOAD, b=CLEAN, c=FIT)
CASES = [
    Case("the same", A, [("a", "a"), ("b", "b"), ("c", "c")]),
    Case("other ids", cells(x=LOAD, y=CLEAN, z=FIT), [("a", "x"), ("b", "y"), ("c", "z")]),
    Case("one is gone", cells(a=LOAD, c=FIT), [("a", "a"), ("b", ""), ("c", "c")]),
    Case(
        "one is new",
        cells(a=LOAD, n="import os", b=CLEAN, c=FIT),
        [("a", "a"), ("", "n"), ("b", "b"), ("c", "c")],
    ),
    Case(
        "other ids, and one line changed",
        cells(x=LOAD.replace("data", "more"), y=CLEAN, z=FIT),
        [("a", "x"), ("b", "y"), ("c", "z")],
    ),
    Case("nothing is left", {}, [("a", ""), ("b", ""), ("c", "")]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cells_are_paired(case: Case) -> None:
    assert align(A, case.b) == case.pairs
    assert align(case.b, A) == [(other, one) for one, other in case.pairs]
