"""``%load`` of a file that is gone: it only puts text before a person, and a job has none."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "load"
_GONE = re.compile(r"'(?P<what>[^'\n]+)' was not found in history, as a file, url, nor in the user")
_LINE = re.compile(r"^([ \t]*)(%(?:load|loadpy)[ \t])", re.M)


def comment_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the cell's ``%load`` lines as comments."""
    if not _GONE.search(failure.message):
        return None
    cell = draft.cell(failure.cell_id)
    changed = draft.edited(
        cell.id,
        _LINE.sub(r"\1# \2", cell.source),
        rule=RULE,
        reason="what it loads is gone; it would only be shown for editing, and not be run",
        confidence=0.95,
    )
    return None if changed is draft else changed
