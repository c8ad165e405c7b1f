"""Names that nothing binds before they are read (ML301, ML302, ML303, ML306)."""

from __future__ import annotations

import builtins
import difflib
from collections.abc import Iterable, Iterator

from jupyter_mlops.compiler.customary import customary_import
from jupyter_mlops.compiler.layout import MEANT_TO_FAIL, CodeCell, Layout
from jupyter_mlops.compiler.mend import begin_with, rename
from jupyter_mlops.compiler.rules.history import HISTORY
from jupyter_mlops.errors import Diagnostic, Edit
from jupyter_mlops.notebook.source import MAGIC

_GIVEN = frozenset(dir(builtins)) | {
    *("_dh", "__file__", "__name__", "__builtins__", "__doc__", "__annotations__", "__class__"),
    *("display", "exit", "get_ipython", "quit", MAGIC),
}


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Reads of names that are bound nowhere, only later, or no longer."""
    cells = layout.in_order()
    later = {}
    for code in reversed(cells):
        later.update(dict.fromkeys(_binds(code), code.cell.position))
    in_functions = {name for code in cells for name in code.names.deferred.binds}
    skipped = {name: code for code in layout.skipped for name in _binds(code)}
    bound: set[str] = set()
    deleted: dict[str, int] = {}
    anything = False
    for code in cells:
        names = code.names
        anything = anything or names.everything or bool(names.stars)
        own = _binds(code)
        for name, line in names.exposed.items():
            known = name in bound or name in own or _is_given(name) or name in names.guarded
            if not (known or anything or MEANT_TO_FAIL in code.cell.tags):
                yield _finding(code, name, line, later, deleted, bound, skipped)
        for name in names.deletes:
            deleted[name] = code.cell.position
        bound |= own
        bound -= names.gone - in_functions
    if not anything:
        yield from _never_bound(cells, later)


def _is_given(name: str) -> bool:
    """True for what Python and IPython bind."""
    return name in _GIVEN or HISTORY.fullmatch(name) is not None


def _binds(code: CodeCell) -> set[str]:
    return code.names.binds.keys() | code.names.deferred.binds


def _finding(
    code: CodeCell,
    name: str,
    line: int,
    later: dict[str, int],
    deleted: dict[str, int],
    bound: set[str],
    skipped: dict[str, CodeCell],
) -> Diagnostic:
    if name in deleted:
        return code.diagnostic(
            "ML303",
            f"`{name}` is read here after cell {deleted[name]} has deleted it",
            "delete it later, or do not read it",
            line=line,
        )
    if name in skipped:
        return code.diagnostic(
            "ML301",
            f"`{name}` is bound only in cell {skipped[name].cell.position}, which is skipped",
            "remove the tag `skip` there, or do not read it",
            line=line,
            edit=Edit(cell_id=skipped[name].cell.id, kind="remove-tag", old="skip"),
        )
    if later.get(name, 0) > code.cell.position:
        return code.diagnostic(
            "ML302",
            f"`{name}` is read here but bound only later, in cell {later[name]}",
            "move that cell up: a pipeline runs from top to bottom",
            line=line,
        )
    fix, edit = _suggestion(code, name, line, bound)
    return code.diagnostic(
        "ML301",
        f"`{name}` is not defined",
        fix or "bind it in an earlier cell",
        line=line,
        edit=edit,
    )


def _suggestion(
    code: CodeCell, name: str, line: int, bound: Iterable[str]
) -> tuple[str, Edit | None]:
    """What the author may have meant, in words and as an edit; or empty."""
    if statement := customary_import(name):
        return f"add `{statement}`", begin_with(code, statement)
    close = difflib.get_close_matches(name, sorted(bound), n=1)
    if not close:
        return "", None
    return f"did you mean `{close[0]}`?", rename(code, name, line, close[0])


def _never_bound(cells: list[CodeCell], later: dict[str, int]) -> Iterator[Diagnostic]:
    """Names that a function mentions and no cell binds: an error only when it is called."""
    for code in cells:
        for name, line in code.names.deferred.reads.items():
            if name not in later and not _is_given(name) and name not in code.names.exposed:
                fix, edit = _suggestion(code, name, line, later)
                yield code.diagnostic(
                    "ML306",
                    f"a function mentions `{name}`, which no cell binds",
                    fix or "bind it before the call",
                    line=line,
                    severity="warning",
                    edit=edit,
                )
