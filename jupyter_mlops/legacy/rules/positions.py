"""``series[0]`` that meant the first value: pandas takes a whole number for a label now."""

from __future__ import annotations

import ast
import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.masked import mask

RULE = "position"
_SERIES = re.compile(r"\bin Series\.__(?:getitem|setitem)__\(")


def by_position(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing line reads a series by ``.iloc``, where it can only mean positions.

    The key has to be the number that the line holds, and a series of pandas has to have refused it.
    """
    if failure.kind != "KeyError" or not re.fullmatch(r"-?\d+", failure.message):
        return None
    if failure.place is None or not _SERIES.search(failure.traceback):
        return None
    cell = draft.cell(failure.place.cell_id)
    return draft.edited(
        cell.id,
        _located(cell.source, failure.place.line, int(failure.message)),
        rule=RULE,
        reason=f"the series has no label {failure.message}, so the number is a position",
        confidence=0.9,
    )


def _located(source: str, line: int, key: int) -> str:
    """The cell with ``.iloc`` before each ``[key]`` of a line."""
    masked = mask(source)
    if masked is None:
        return source
    try:
        tree = ast.parse(masked.text)
    except SyntaxError:
        return source
    places = {
        node.value.end_col_offset
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and node.value.end_lineno == line
        and node.value.end_col_offset is not None
        and ast.unparse(node.slice) == str(key)
    }
    lines = masked.text.split("\n")
    raw = lines[line - 1].encode()
    for place in sorted(places, reverse=True):
        raw = raw[:place] + b".iloc" + raw[place:]
    lines[line - 1] = raw.decode()
    return masked.restore("\n".join(lines))
