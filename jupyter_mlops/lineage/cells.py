"""Cells of one step in two runs: which is which, and which lines of them differ."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.lineage.given import Given
from jupyter_mlops.runner.codechange import StageCell

CONTEXT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPair:
    """A cell in two runs; the id is empty in the run that has no such cell.

    Attributes:
        a, b: its ids.
        name: ``cell 7``, by its position in the later run that has it.
    """

    a: str
    b: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A cell whose code or tags are not what they were.

    Attributes:
        pair: which cell.
        text: a sentence.
        diff: the lines that differ.
    """

    pair: CellPair
    text: str
    diff: str


def pair_cells(a: Given, b: Given) -> list[CellPair]:
    """The code cells of a step in both runs, laid side by side, in notebook order.

    Cells are paired by their ids where both notebooks have the same ones, else as nbdime aligns
    notebooks: by how much of them is alike. Empty if one of them cannot be read any more.
    """
    if a.cells is None or b.cells is None:
        return []
    if list(a.cells) == list(b.cells):
        found = [(identity, identity) for identity in a.cells]
    else:
        found = align(a.cells, b.cells)
    return [CellPair(a=one, b=other, name=_name(a, b, one, other)) for one, other in found]


def changed_cells(a: Given, b: Given) -> list[CellChange]:
    """The cells that do something else in the later run; comments don't count."""
    found = []
    for pair in pair_cells(a, b):
        old = (a.cells or {}).get(pair.a)
        new = (b.cells or {}).get(pair.b)
        if old == new:
            continue
        name = f"{'shared ' if (new or old).shared else ''}{pair.name}"  # type: ignore[union-attr]
        if old is None or new is None:
            text = f"{name} is {'new' if old is None else 'gone'}"
        elif old.code != new.code:
            text = f"code of {name} changed"
        else:
            text = f"tags of {name} {' → '.join(', '.join(c.tags) or 'none' for c in (old, new))}"
        diff = unified(old.source if old else "", new.source if new else "")
        found.append(CellChange(pair=pair, text=text, diff=diff))
    return found


def unified(a: str, b: str) -> str:
    """A unified diff of two texts without its two heading lines; empty if they are equal."""
    lines = difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm="", n=CONTEXT)
    return "\n".join(list(lines)[2:])


def _name(a: Given, b: Given, one: str, other: str) -> str:
    position = b.positions.get(other) if other else a.positions.get(one)
    return f"cell {position or '?'}"


def align(a: Mapping[str, StageCell], b: Mapping[str, StageCell]) -> list[tuple[str, str]]:
    """Ids of cells that are alike, in notebook order; an empty one for a cell that has no like."""
    from nbdime.diffing.notebooks import diff_notebooks

    patches = [op["diff"] for op in diff_notebooks(_notebook(a), _notebook(b)) if "diff" in op]
    old, new = list(a), list(b)
    found: list[tuple[str, str]] = []
    at = 0

    def pass_on(end: int) -> None:
        nonlocal at
        while at < end:
            found.append((old[at], new.pop(0)))
            at += 1

    for op in patches[0] if patches else []:
        pass_on(op["key"])
        if op["op"] == "addrange":
            found.extend(("", new.pop(0)) for _ in op["valuelist"])
        elif op["op"] == "removerange":
            found.extend((identity, "") for identity in old[at : at + op["length"]])
            at += op["length"]
    pass_on(len(old))
    return found


def _notebook(cells: Mapping[str, StageCell]) -> dict[str, Any]:
    return {
        "cells": [
            {
                "cell_type": "code",
                "id": identity,
                "metadata": {"tags": list(cell.tags)},
                "source": cell.source,
                "outputs": [],
                "execution_count": None,
            }
            for identity, cell in cells.items()
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
