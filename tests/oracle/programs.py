"""Random straight-line programs that are valid: a table of statements over names of known kinds."""

from __future__ import annotations

import inspect
import itertools
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from shown import call, show
from statements import KINDS, THEMES, Statement

NAMES = ("a", "b", "c", "d", "e", "f", "é", "max")
"""Few names, so that programs rebind and share; one of them shadows a builtin."""

IMPORTS = """\
import collections, dataclasses, enum, functools, glob, itertools, os, random, types
from pathlib import Path
import numpy as np
import pandas as pd
"""
OBJECTS = """\
conf = {"k": [1]}

def given():
    return conf["k"] + [level]

class Base:
    tally = [0]

    def __init__(self):
        self.own = []

    def add(self):
        self.own.append(level)
        self.tally.append(len(self.own))
        return self.own

    @property
    def size(self):
        return len(self.own) + len(conf)
"""
SHARED = "\n\n".join((IMPORTS, inspect.getsource(show), inspect.getsource(call), OBJECTS))
"""The shared cell."""

PARAMETERS = "level = 2"
GIVEN = {"level": "int", "conf": "dict", "given": "func", "Base": "class"}
REBOUND = ("level",)
"""Of the given ones; rows of the table bind others anew."""
FIRST = "random.seed(5)\nnp.random.seed(6)"


@dataclass(frozen=True, slots=True)
class Cell:
    """The step that a cell belongs to, and its source."""

    step: str
    source: str


@dataclass(frozen=True, slots=True)
class Program:
    """The cells of a program in notebook order.

    ``refusable`` is True if it binds what cannot cross to another step.
    """

    cells: tuple[Cell, ...]
    refusable: bool

    @property
    def returns(self) -> bool:
        """True if a step goes on below another one."""
        runs = [step for step, _ in itertools.groupby(cell.step for cell in self.cells)]
        return len(runs) != len(set(runs))

    def __repr__(self) -> str:
        lines = (f"# step:{cell.step}\n{cell.source}" for cell in self.cells)
        return "\n\n".join(("", *lines, ""))


class _Pool:
    """The names that are bound, by kind."""

    def __init__(self) -> None:
        self.kinds = dict(GIVEN)
        self.pinned: dict[str, str] = {}

    def of(self, kind: str) -> list[str]:
        return [name for name, have in self.kinds.items() if have in KINDS[kind]]

    def free(self, kind: str) -> list[str]:
        """Names that may be bound to the kind: a function that assigns a name keeps its kind."""
        every = (*NAMES, *REBOUND)
        return [name for name in every if self.pinned.get(name, kind) == kind]

    def can(self, statement: Statement) -> bool:
        return all(self.of(kind) for kind in statement.takes) and all(
            self.free(kind) for kind in statement.gives
        )

    def apply(self, statement: Statement, taken: Mapping[str, str], given: list[str]) -> None:
        if statement.deletes:
            self.kinds.pop(taken["0"], None)
        if statement.pins:
            self.pinned[taken["0"]] = self.kinds[taken["0"]]
        self.kinds.update(zip(given, statement.gives, strict=True))


@st.composite
def sources(draw: st.DrawFn, *, most: int = 18) -> tuple[list[str], bool]:
    """Statements in order, and whether one of them binds what cannot be carried."""
    pool, found, refusable = _Pool(), [FIRST], False
    themes = draw(st.lists(st.sampled_from(THEMES), min_size=1, max_size=2, unique=True))
    statements = [statement for theme in themes for statement in theme]
    for _ in range(draw(st.integers(5, most))):
        statement = draw(st.sampled_from([one for one in statements if pool.can(one)]))
        taken = {
            str(number): draw(st.sampled_from(pool.of(kind)))
            for number, kind in enumerate(statement.takes)
        }
        given: list[str] = []
        for kind in statement.gives:
            given.append(draw(st.sampled_from([n for n in pool.free(kind) if n not in given])))
        fields = {**taken, **dict(zip(("new", "other"), given, strict=False))}
        if "n" in _fields(statement.source):
            fields["n"] = str(draw(st.integers(0, 3)))
        found.append(_filled(statement.source, fields))
        pool.apply(statement, taken, given)
        refusable = refusable or statement.refusable
        seen = draw(st.lists(st.sampled_from([*sorted(pool.kinds), ""]), max_size=3, unique=True))
        if seen := [name for name in seen if name]:
            found.append(f"show({', '.join(seen)})")
    found.append(f"show({', '.join(sorted(pool.kinds))})")
    return found, refusable


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A program cut into cells and steps; now and then a step comes back further below."""
    statements, refusable = draw(sources())
    cells: list[Cell] = []
    step, back = 0, draw(st.integers(0, 29)) == 0
    while statements:
        size = draw(st.integers(2, 5))
        name = draw(st.integers(0, step)) if back else step
        cells.append(Cell(f"s{name}", "\n".join(statements[:size])))
        del statements[:size]
        step += draw(st.integers(0, 2)) > 0
    return Program(tuple(cells), refusable)


def _fields(source: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(source) if field}


def _filled(source: str, fields: Mapping[str, str]) -> str:
    def parts() -> Iterator[str]:
        for text, field, _, _ in string.Formatter().parse(source):
            yield text
            if field is not None:
                yield fields[field]

    return "".join(parts())
