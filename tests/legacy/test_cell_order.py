"""The order in which cells are run, and names whose cells are lost."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from drafts import draft_of

from jupyter_mlops.legacy.order import Lost, arrange, lost_names


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells with their execution counts, and the order in which they are to run."""

    name: str
    cells: tuple[str, ...]
    counts: tuple[int | None, ...] = ()
    expected: tuple[int, ...]
    confidence: float | None = None


CASES = [
    Case(name="as it stands", cells=("x = 1", "y = x"), counts=(7, 3), expected=(1, 2)),
    Case(
        name="as it was run",
        cells=("y = x", "x = 1", "print(y)"),
        counts=(2, 1, 3),
        expected=(2, 1, 3),
        confidence=0.8,
    ),
    Case(
        name="as names want it, without counts",
        cells=("print(f(1))", "def f(x): return x"),
        counts=(None, None),
        expected=(2, 1),
        confidence=0.8,
    ),
    Case(
        name="a function's own names are read when it is called",
        cells=("def f(): return later", "later = 1", "f()"),
        expected=(1, 2, 3),
    ),
    Case(
        name="counts that do not help are not followed",
        cells=("x = 1", "print(x)", "print(gone)"),
        counts=(3, 2, 1),
        expected=(1, 2, 3),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cells_are_put_in_order(case: Case) -> None:
    draft = arrange(draft_of(*case.cells, counts=case.counts))
    assert tuple(cell.position for cell in draft.code) == case.expected
    patches = [(patch.rule, patch.confidence) for patch in draft.patches]
    assert patches == ([("order", case.confidence)] if case.confidence else [])


def test_names_that_no_cell_binds_are_lost() -> None:
    draft = draft_of("import os\nprint(os, len)", "y = gone + x", "x = gone")
    assert lost_names(draft) == (Lost(name="gone", cell=2),)
    assert lost_names(draft_of("from numpy import *", "y = gone")) == ()
