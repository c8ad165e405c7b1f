"""IPython extensions that are not there, or that only decorate."""

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
_LINE = r"^([ \t]*)(%(?:load_ext|install_ext|reload_ext)\b[^\n]*{}[^\n]*)$"


def leave_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft without the line that loads the extension, or that uses what it would bring."""
    cell = draft.cell(failure.cell_id)
    found = _FAILURES.search(failure.message)
    if found is None:
        return None
    magic = (found["magic"] or "").lstrip("%")
    if magic:
        pattern = rf"^([ \t]*)(%{re.escape(magic)}\b[^\n]*)$"
    else:
        package = (found["module"] or found["plain"] or "").partition(".")[0]
        pattern = _LINE.format(rf"\b{re.escape(package)}\b" if package else "")
    source = re.sub(pattern, lambda line: f"{line[1]}# {line[2]}", cell.source, flags=re.M)
    if source == cell.source:
        return None
    return draft.edited(
        cell.id,
        source,
        rule=RULE,
        reason="the IPython extension is not there, and what it shows is no result",
        confidence=0.8,
    )
