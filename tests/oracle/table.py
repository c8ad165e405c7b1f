"""One row of the oracle's table: the cells of a notebook, and what its pipeline has to give."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Tagged:
    """A cell with tags of its own."""

    tags: tuple[str, ...]
    source: str


Source = str | Tagged
"""A cell; below another one of its step it needs no tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of a row.

    Attributes:
        codes: of the compiler's diagnostics.
        others: step → verdict of its first cell that is not the same, for steps that have one.
        refusals: step → code of the error that refused it.
    """

    codes: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Same:
    """Every cell puts out what it puts out in one kernel, and nothing is said before."""

    def finding(self) -> Finding:
        return Finding()


@dataclass(frozen=True, slots=True)
class Refused:
    """An error that names ``code``: of the compiler, or of step ``step`` when it runs."""

    code: str
    step: str = ""

    def finding(self) -> Finding:
        if not self.step:
            return Finding(codes=(self.code,))
        return Finding(others={self.step: "refused"}, refusals={self.step: self.code})


@dataclass(frozen=True, slots=True)
class Warned:
    """The compiler warns with ``code``; the cells of step ``differs``, if any, are not the same."""

    code: str
    differs: str = ""

    def finding(self) -> Finding:
        return Finding(codes=(self.code,), others=dict.fromkeys(self.differs, "differs"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A notebook, and what its pipeline has to give.

    Attributes:
        name: what the row is about.
        steps: of the steps ``a``, ``b``, ``c`` … one cell each, or several. A cell that has a tag
            ``step:…`` itself gets no other.
        expected: what comes of it.
        shared: a shared cell above the steps.
        parameters: a parameters cell above it.
        files: path → text of what lies beside the notebook.
        needs: module that the row cannot do without, where it is not always installed.
        python: the first version whose syntax the row has.
    """

    name: str
    steps: tuple[Source | tuple[Source, ...], ...]
    expected: Same | Refused | Warned = Same()
    shared: str = ""
    parameters: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    python: tuple[int, int] = (3, 11)

    @property
    def lacks(self) -> str:
        """What the row needs and is not there, or nothing."""
        if sys.version_info < self.python:
            return f"Python {'.'.join(map(str, self.python))}"
        return self.needs if self.needs and importlib.util.find_spec(self.needs) is None else ""

    def cells(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Tags and source of each cell."""
        if self.parameters:
            yield ("parameters",), self.parameters
        if self.shared:
            yield ("shared",), self.shared
        letters = iter("abcdef")
        for step in self.steps:
            for number, cell in enumerate(step if isinstance(step, tuple) else (step,)):
                tags, source = (cell.tags, cell.source) if isinstance(cell, Tagged) else ((), cell)
                if number == 0 and not any(tag.startswith("step:") for tag in tags):
                    tags = (f"step:{next(letters)}", *tags)
                yield tags, source

    def notebook(self) -> dict[str, Any]:
        """The notebook as nbformat has it."""
        cells = [
            {
                "id": f"c{number}",
                "cell_type": "code",
                "metadata": {"tags": list(tags)},
                "source": source,
                "execution_count": None,
                "outputs": [],
            }
            for number, (tags, source) in enumerate(self.cells(), start=1)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

    def write(self, folder: Path) -> Path:
        """Path of the notebook, written to a new folder with the row's files."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "row.ipynb"
        path.write_text(json.dumps(self.notebook()), encoding="utf-8")
        return path
