"""The smallest program that fails in the same way, as far as leaving out statements leads to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from programs import Cell, Program

_STATEMENT = re.compile(r"\n(?=[^\s)\]}])")


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with a program.

    Attributes:
        kind: that a smaller program must have, too.
        details: for people.
    """

    kind: str
    details: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.details}"


Judge = Callable[[Program], Failure | None]


def minimise(program: Program, failure: Failure, judge: Judge) -> tuple[Program, Failure]:
    """Leaves out cells and statements for as long as the program still fails in that way."""
    while True:
        for smaller in _smaller(program):
            found = judge(smaller)
            if found is not None and found.kind == failure.kind:
                program, failure = smaller, found
                break
        else:
            return program, failure


def _smaller(program: Program) -> Iterator[Program]:
    cells = program.cells
    for number in range(len(cells) - 1, -1, -1):
        yield replace(program, cells=cells[:number] + cells[number + 1 :])
    for number, cell in enumerate(cells):
        lines = _STATEMENT.split(cell.source)
        for left_out in range(len(lines) if len(lines) > 1 else 0):
            source = "\n".join(lines[:left_out] + lines[left_out + 1 :])
            less = Cell(cell.step, source)
            yield replace(program, cells=(*cells[:number], less, *cells[number + 1 :]))
