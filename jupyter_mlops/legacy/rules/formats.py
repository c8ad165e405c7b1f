"""Widths of objects that are no strings: Python 2 wrote them out as such first."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "alignment"
_REFUSED = re.compile(r"unsupported format string passed to \S+\.__format__")
_FIELD = re.compile(r"\{(\w*)(:[^{}]?[<>^]\d*)\}")


def as_text(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose line aligns what it formats as text."""
    if failure.kind != "TypeError" or not _REFUSED.search(failure.message) or not failure.place:
        return None
    cell = draft.cell(failure.place.cell_id)
    lines = cell.source.split("\n")
    number = failure.place.line - 1
    lines[number] = _FIELD.sub(r"{\1!s\2}", lines[number])
    return draft.edited(
        cell.id,
        "\n".join(lines),
        rule=RULE,
        reason="an object is aligned as the text that it is written as",
        confidence=0.95,
    )
