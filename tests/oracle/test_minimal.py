"""A counterexample stays one of the same kind while it shrinks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from minimal import Failure, minimise
from programs import Cell, Program


@dataclass(frozen=True, slots=True)
class Case:
    """Sources of cells, those without which it fails otherwise or not at all, and what is left."""

    name: str
    cells: tuple[str, ...]
    needed: tuple[str, ...]
    left: tuple[str, ...]


CASES = (
    Case("cells go, and statements within cells", ("a\nb", "c", "d\ne"), ("b", "d"), ("b", "d")),
    Case("a statement is whole", ("def f():\n    x\ny",), ("x",), ("def f():\n    x",)),
    Case("one that is smaller fails in another way", ("a\nb",), ("a", "b"), ("a\nb",)),
    Case("no cell at all fails in another way", ("a",), ("a",), ("a",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_counterexample_shrinks(case: Case) -> None:
    def judge(program: Program) -> Failure | None:
        text = "\n".join(cell.source for cell in program.cells)
        is_whole = all(statement in text for statement in case.needed)
        return Failure("prints something else" if is_whole else "does not compile", text)

    cells = tuple(Cell(f"s{n}", source) for n, source in enumerate(case.cells))
    program = Program(cells, refusable=False)
    first = judge(program)
    assert first is not None
    smallest, failure = minimise(program, first, judge)
    assert tuple(cell.source for cell in smallest.cells) == case.left
    assert failure == Failure("prints something else", "\n".join(case.left))
