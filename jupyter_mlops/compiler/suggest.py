"""Suggests tags from what cells do to names, where headings alone say too little."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jupyter_mlops.compiler.declarations import first_effect
from jupyter_mlops.compiler.layout import CodeCell, analysed
from jupyter_mlops.compiler.parameters import read_parameters
from jupyter_mlops.model.outline import Suggestion
from jupyter_mlops.notebook.document import Notebook
from jupyter_mlops.notebook.suggest import step_name, suggestions

_LEAST_LINES = 6
"""A step that data flow suggests has so many lines at least."""
_LINES = 10
"""Lines of code for each such step."""
_MOST_STEPS = 6
_STEP = "step:"
_UNNAMED = "part"
"""Name of a step that makes nothing."""


def suggest(notebook: Notebook) -> tuple[Suggestion, ...]:
    """The tags that cells could get, in cell order; cells that need none are left out.

    Steps begin below headings. Where there are too few headings for two steps, they begin where
    few variables pass from the cells above, first of all at cells that begin with a comment. At the
    top, cells that only declare are ``shared``, and one of plain values that later cells read is
    ``parameters``; cells of assertions are a ``check``.

    Args:
        notebook: any notebook; nothing in it is changed.
    """
    code = list(_readable(notebook))
    found = {suggestion.cell_id: suggestion for suggestion in suggestions(notebook)}
    _tag_the_top(code, found)
    if sum(s.tags[0].startswith(_STEP) for s in found.values()) < 2:
        body = [c for c in code if _is_in_step(found.get(c.cell.id))]
        found |= {suggestion.cell_id: suggestion for suggestion in _steps(body)}
    for one in code:
        if _only_asserts(one) and _is_in_step(begun := found.get(one.cell.id)):
            tags = (*(begun.tags if begun else ()), "check")
            found[one.cell.id] = _suggestion(one, tags, "it holds nothing but assertions")
    return tuple(sorted(found.values(), key=lambda suggestion: suggestion.cell))


def _readable(notebook: Notebook) -> Iterator[CodeCell]:
    """The code cells that are Python."""
    for cell in notebook.cells:
        if cell.kind == "code" and cell.source.strip():
            try:
                source, names = analysed(cell.source, future=False)
            except (SyntaxError, RecursionError):
                continue
            yield CodeCell(cell=cell, source=source, names=names)


def _is_in_step(suggestion: Suggestion | None) -> bool:
    return suggestion is None or suggestion.tags[0].startswith(_STEP)


def _tag_the_top(code: Sequence[CodeCell], found: dict[str, Suggestion]) -> None:
    """Suggest what the cells are that come before the first one that does more than declare."""
    imported = {name for one in code for name in one.names.imports}
    has_parameters = False
    for number, one in enumerate(code):
        if not _is_in_step(found.get(one.cell.id)):
            continue
        if first_effect(one.source.tree, imported) is not None or number + 1 == len(code):
            return
        if not has_parameters and _are_parameters(one, code[number + 1 :]):
            has_parameters = True
            tag, reason = "parameters", "it holds nothing but values that later cells read"
        else:
            tag, reason = "shared", "it holds nothing but imports, definitions and constants"
        begun, below = found.get(one.cell.id), code[number + 1]
        if begun is not None and below.cell.id not in found:  # the step begins below it
            found[below.cell.id] = replace(begun, cell_id=below.cell.id, cell=below.cell.position)
        found[one.cell.id] = _suggestion(one, (tag,), reason)


def _are_parameters(code: CodeCell, later: Sequence[CodeCell]) -> bool:
    """True if the cell holds nothing but plain values, which later cells read and none changes."""
    declared, problems = read_parameters([code])
    names = {parameter.name for parameter in declared}
    bound = {name for one in later for name in (*one.names.binds, *one.names.mutates)}
    read = {name for one in later for name in _reads(one)}
    return not problems and bool(names & read) and not names & bound


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A place where a step could begin: before ``body[index]``; ``passing`` are the variables."""

    index: int
    passing: tuple[str, ...]
    comment: str


def _steps(body: Sequence[CodeCell]) -> Iterator[Suggestion]:
    """Steps of the cells, cut where few variables pass."""
    lines = [len(one.cell.source.splitlines()) for one in body]
    most = min(_MOST_STEPS, sum(lines) // _LINES)
    chosen: list[int] = [0, len(body)]
    for cut in sorted(_cuts(body), key=lambda cut: (not cut.comment, len(cut.passing), cut.index)):
        edges = sorted({*chosen, cut.index})
        here = edges.index(cut.index)
        around = (edges[here - 1 : here + 1], edges[here : here + 2])
        if len(chosen) <= most and all(sum(lines[a:b]) >= _LEAST_LINES for a, b in around):
            chosen.append(cut.index)
    if len(chosen) > 2:
        known = {cut.index: cut for cut in _cuts(body)}
        taken: set[str] = set()
        for index, end in zip(sorted(chosen), sorted(chosen)[1:], strict=False):
            title = _comment(body[index]) or _result(body, index, end)
            reason = "the first code that is run" if index == 0 else _reason(known[index])
            yield _suggestion(body[index], (_STEP + step_name(title, taken),), reason)


def _cuts(body: Sequence[CodeCell]) -> Iterator[_Cut]:
    for index in range(1, len(body)):
        below = {name for one in body[index:] for name in _reads(one)}
        above = {n: None for one in body[:index] for n in one.names.binds if not _declared(one, n)}
        passing = tuple(name for name in above if name in below)
        yield _Cut(index=index, passing=passing, comment=_comment(body[index]))


def _reason(cut: _Cut) -> str:
    names = ", ".join(f"`{name}`" for name in cut.passing[:3])
    more = f" and {len(cut.passing) - 3} more" if len(cut.passing) > 3 else ""
    verb = "pass" if len(cut.passing) > 1 else "passes"
    flow = f"{names}{more} {verb} from above" if names else "no variable passes from above"
    return f"its comment says “{cut.comment}”; {flow}" if cut.comment else flow


def _result(body: Sequence[CodeCell], start: int, end: int) -> str:
    """The variable that the cells bind last and that later cells read; else one that they bind."""
    made = [n for one in body[start:end] for n in one.names.binds if n in one.names.certain]
    below = {name for one in body[end:] for name in _reads(one)}
    return next((n for n in reversed(made) if n in below), made[-1] if made else _UNNAMED)


def _comment(code: CodeCell) -> str:
    """The comment that the cell begins with, if it is like a heading."""
    first = code.cell.source.lstrip().partition("\n")[0]
    text = first.lstrip("#").strip(" -=#")
    return text if first.startswith("#") and 3 <= len(text) <= 60 and " = " not in text else ""


def _reads(code: CodeCell) -> set[str]:
    return code.names.exposed.keys() | code.names.deferred.reads.keys()


def _declared(code: CodeCell, name: str) -> bool:
    """True for what an import or a definition binds: any step can have it."""
    return name in code.names.imports or any(
        isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and statement.name == name
        for statement in code.source.tree.body
    )


def _only_asserts(code: CodeCell) -> bool:
    return bool(code.source.tree.body) and all(
        isinstance(statement, ast.Assert) for statement in code.source.tree.body
    )


def _suggestion(code: CodeCell, tags: tuple[str, ...], reason: str) -> Suggestion:
    return Suggestion(cell_id=code.cell.id, cell=code.cell.position, tags=tags, reason=reason)
