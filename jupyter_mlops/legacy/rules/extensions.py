"""IPython extensions that are called otherwise, are not there, or only decorate."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "extension"
_PRINTS = "from sympy import init_printing; init_printing()"
_FAILURES = re.compile(
    r"No module named '(?P<module>[\w.]+)'|The module '(?P<plain>\w+)' is not an IPython extension|"
    r"(?:Line|Cell) magic function `(?P<magic>%{1,2}\w+)` not found|"
    r"No such (?:line|cell) magic|(?P<install>install_ext)"
)
_MOVED = {
    "cythonmagic": ("%load_ext Cython", "cython"),
    "sympy.interactive.ipythonprinting": (_PRINTS, "sympy"),
    "sympyprinting": (_PRINTS, "sympy"),
}
"""Extension of another time → the line that does the same, and the package that has it."""
_LOADED = re.compile(rf"^([ \t]*)%load_ext[ \t]+({'|'.join(map(re.escape, _MOVED))})[ \t]*$", re.M)
_LINE = r"^([ \t]*)(%(?:load_ext|install_ext|reload_ext)\b[^\n]*{}[^\n]*)$"


def follow(draft: Draft) -> Draft:
    """The draft that loads extensions under their names of today."""
    for cell in draft.code:
        found = {name for _, name in _LOADED.findall(cell.source)}
        if found:
            draft = draft.edited(
                cell.id,
                _LOADED.sub(lambda line: f"{line[1]}{_MOVED[line[2]][0]}", cell.source),
                rule=RULE,
                reason=f"{' and '.join(sorted(found))} went into another package",
                confidence=0.95,
            ).requiring(*sorted(_MOVED[name][1] for name in found))
    return draft


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
