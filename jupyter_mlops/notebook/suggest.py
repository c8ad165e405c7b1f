"""Suggests the tags of a notebook that has none: a step below each heading of its markdown."""

from __future__ import annotations

import ast
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set

from jupyter_mlops.model.outline import Suggestion
from jupyter_mlops.notebook.document import Notebook, NotebookCell
from jupyter_mlops.notebook.source import MAGIC, tree_of

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ENOUGH = 3
"""Fewer headings than this below level 2 let those of level 3 begin steps, too."""
START = "start"
"""Name of a step without a heading."""
_SET_UP = frozenset({"%matplotlib", "%config", "%load_ext", "%autoreload"})
_LONGEST = 40
"""Characters of a step's name."""


def suggest_tags(notebook: Notebook) -> Mapping[str, tuple[str, ...]]:
    """The tags of the `suggestions`, by cell id."""
    return {suggestion.cell_id: suggestion.tags for suggestion in suggestions(notebook)}


def suggestions(notebook: Notebook) -> Iterator[Suggestion]:
    """The tags that cells could get, in cell order; cells that need none are left out.

    The first code cell below a heading of level 1 or 2 (or 3, if there are few of these) begins a
    step that is named after the heading. Cells above the first step that hold nothing but imports
    are ``shared``. A notebook that has tags of its own still gets the same suggestion.

    Args:
        notebook: any notebook; nothing in it is changed.
    """
    code = [cell for cell in notebook.cells if cell.kind == "code" and cell.source.strip()]
    shared = {cell.id for cell in itertools.takewhile(_only_imports, code)}
    headed = list(_headed(notebook.cells, shared))
    deepest = 2 if sum(level <= 2 for level, _, _ in headed) >= _ENOUGH else 3
    starts = {cell.id: title for level, title, cell in headed if level <= deepest}
    taken: set[str] = set()
    for number, cell in enumerate(code):
        if cell.id in shared:
            yield _suggestion(cell, "shared", "it holds nothing but imports")
        elif title := starts.get(cell.id):
            yield _suggestion(
                cell, f"step:{step_name(title, taken)}", f"below the heading “{title}”"
            )
        elif cell.id in starts or number == len(shared):
            yield _suggestion(cell, f"step:{step_name('', taken)}", "the first code that is run")


def _suggestion(cell: NotebookCell, tag: str, reason: str) -> Suggestion:
    return Suggestion(cell_id=cell.id, cell=cell.position, tags=(tag,), reason=reason)


def _headed(
    cells: Sequence[NotebookCell], shared: Set[str]
) -> Iterator[tuple[int, str, NotebookCell]]:
    """The highest heading between two code cells, and the code cell below it."""
    above: list[tuple[int, str]] = []
    for cell in cells:
        if cell.kind == "markdown":
            above.extend(headings(cell.source))
        elif cell.kind == "code" and cell.source.strip():
            if above and cell.id not in shared:
                level = min(level for level, _ in above)
                yield level, next(t for have, t in reversed(above) if have == level), cell
            above = []


def headings(markdown: str) -> Iterator[tuple[int, str]]:
    """Level (1 to 6) and text of each heading in markdown, those in fenced code left out."""
    fence, before = "", ""
    for line in markdown.splitlines():
        if match := _FENCE.match(line):
            fence = "" if fence == match[1] else fence or match[1]
        elif not fence and (match := _HEADING.fullmatch(line)):
            yield len(match[1]), match[2]
            line = ""
        elif not fence and before.strip() and (match := _UNDERLINE.fullmatch(line)):
            yield 1 + match[1].startswith("-"), before.strip()
        before = line


def step_name(title: str, taken: set[str]) -> str:
    """A step's name after a heading, that no step above it has."""
    text = unicodedata.normalize("NFKC", _LINK.sub(r"\1", title)).lower().replace("'", "")
    name = re.sub(r"\W+", "-", text).strip("-_")
    if len(name) > _LONGEST:
        name = name[: _LONGEST + 1].rpartition("-")[0] or name[:_LONGEST]
    name = name or START
    numbered = itertools.chain([name], (f"{name}-{n}" for n in itertools.count(2)))
    free = next(candidate for candidate in numbered if candidate not in taken)
    taken.add(free)
    return free


def _only_imports(cell: NotebookCell) -> bool:
    """True if the cell holds nothing but imports and magics that set up the notebook."""
    statements = tree_of(cell.source).body
    return bool(statements) and all(map(_imports, statements))


def _imports(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(
            value=ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(magic))])
        ):
            return name == MAGIC and magic.split()[0] in _SET_UP
    return False
