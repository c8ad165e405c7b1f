"""The smallest program that still fails, as far as leaving out statements leads to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from programs import Cell, Program

_STATEMENT = re.compile(r"\n(?=[^\s)\]}])")


def minimise(program: Program, fails: Callable[[Program], bool]) -> Program:
    """Leaves out cells and statements for as long as the program still fails."""
    while (smaller := next(filter(fails, _smaller(program)), None)) is not None:
        program = smaller
    return program


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
