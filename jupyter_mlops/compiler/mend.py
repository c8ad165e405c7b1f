"""Fixes that are one change of one cell."""

from __future__ import annotations

import ast

from jupyter_mlops.compiler.layout import CodeCell
from jupyter_mlops.errors import Edit


def rename(code: CodeCell, name: str, line: int, to: str) -> Edit | None:
    """The first line at or below ``line`` that reads the variable, reading ``to`` instead.

    None if that cannot be told: the cell binds the name somewhere, or the line is no plain Python.
    """
    mentions = [
        node
        for node in ast.walk(code.source.tree)
        if isinstance(node, ast.Name) and node.id == name and node.lineno >= line
    ]
    if not mentions or not all(isinstance(node.ctx, ast.Load) for node in mentions):
        return None
    line = min(node.lineno for node in mentions)
    source = code.cell.source.split("\n")[line - 1]
    if code.source.text.split("\n")[line - 1] != source:
        return None
    text = source.encode()  # ast counts bytes
    for start in sorted({n.col_offset for n in mentions if n.lineno == line}, reverse=True):
        text = text[:start] + to.encode() + text[start + len(name.encode()) :]
    return Edit(cell_id=code.cell.id, kind="replace-line", line=line, old=source, new=text.decode())


def begin_with(code: CodeCell, statement: str) -> Edit | None:
    """The cell with a statement above its first line; None if that line has to stay the first."""
    first = code.cell.source.split("\n")[0]
    if first.startswith(("%%", "from __future__")):
        return None
    return Edit(
        cell_id=code.cell.id,
        kind="replace-line",
        line=1,
        old=first,
        new=f"{statement}\n{first}",
    )
