"""Old notebooks as they were written: formats 2, 3 and 4, Python 2 and 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class OldCell:
    """A code cell, or a heading if it begins with ``#``.

    Attributes:
        source: as it was written.
        result: what it returned, as text.
        count: its execution count; None for one more than that of the cell above.
    """

    source: str
    result: str = ""
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class OldNotebook:
    """A notebook, and what it looks like once all that can be seen is mended.

    Attributes:
        name: of the case.
        format: nbformat's major version.
        python: version that it says, or empty; formats 2 and 3 never did.
        cells: code, or cells.
        expected: sources of the code cells.
        rules: ids of the rules that changed something, in order; ``format`` and ``kernel`` aside.
    """

    name: str
    format: int
    python: str = ""
    cells: tuple[str | OldCell, ...]
    expected: tuple[str, ...]
    rules: tuple[str, ...] = ()

    @property
    def document(self) -> Mapping[str, Any]:
        """Its file as JSON."""
        cells = [c if isinstance(c, OldCell) else OldCell(source=c) for c in self.cells]
        if self.format == 4:
            info = {"language_info": {"name": "python", "version": self.python}}
            return {
                "cells": [_cell4(cell, n) for n, cell in enumerate(cells, start=1)],
                "metadata": info if self.python else {},
                "nbformat": 4,
                "nbformat_minor": 0,
            }
        old = [_cell3(cell, n, self.format) for n, cell in enumerate(cells, start=1)]
        return {
            "metadata": {"name": self.name},
            "nbformat": self.format,
            "nbformat_minor": 0,
            "worksheets": [{"cells": old, "metadata": {}}],
        }


def _cell4(cell: OldCell, number: int) -> Mapping[str, Any]:
    if cell.source.startswith("# #"):
        return {"cell_type": "markdown", "metadata": {}, "source": cell.source[2:]}
    count = cell.count or number
    data = {"text/plain": cell.result}
    result = {"output_type": "execute_result", "data": data, "metadata": {}}
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {},
        "outputs": [{**result, "execution_count": count}] if cell.result else [],
        "source": cell.source,
    }


def _cell3(cell: OldCell, number: int, version: int) -> Mapping[str, Any]:
    if cell.source.startswith("# #"):
        text = [cell.source.lstrip("# ")]
        if version == 2:
            return {"cell_type": "markdown", "source": text}
        return {"cell_type": "heading", "level": 2, "metadata": {}, "source": text}
    count = cell.count or number
    outputs: Sequence[Mapping[str, Any]] = []
    if cell.result:
        outputs = [{"output_type": "pyout", "prompt_number": count, "text": [cell.result]}]
        if version == 3:
            outputs = [{**outputs[0], "metadata": {}}]
    return {
        "cell_type": "code",
        "collapsed": False,
        "input": cell.source.splitlines(keepends=version == 3),
        "language": "python",
        "outputs": outputs,
        "prompt_number": count,
        **({"metadata": {}} if version == 3 else {}),
    }
