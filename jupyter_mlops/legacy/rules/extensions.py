"""IPython extensions that are gone, or that only decorate."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "extension"
_FAILURES = re.compile(
    r"No module named '(?P<module>[\w.]+)'|The module '(?P<plain>\w+)' is not an IPython extension|"
    r"(?:Line|Cell) magic function `(?P<magic>%{1,2}\w+)` not found|"
    r"No such (?:line|cell) magic|(?P<install>install_ext)"
)
_LINE = re.compile(r"^([ \t]*)(%(?:load_ext|install_ext|reload_ext)\b[^\n]*)$", re.M)


def leave_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft without the line that loads the extension, or that uses what it would bring."""
    cell = draft.cell(failure.cell_id)
    found = _FAILURES.search(failure.message)
    if found is None:
        return None
    magic = (found["magic"] or "").lstrip("%")
    if magic:
        pattern = re.compile(rf"^([ \t]*)(%{re.escape(magic)}\b[^\n]*)$", re.M)
    elif _LINE.search(cell.source):
        pattern = _LINE
    else:
        return None
    source = pattern.sub(lambda line: f"{line[1]}# {line[2]}", cell.source)
    if source == cell.source:
        return None
    return draft.edited(
        cell.id,
        source,
        rule=RULE,
        reason="the IPython extension does not exist any more, and what it shows is no result",
        confidence=0.8,
    )
