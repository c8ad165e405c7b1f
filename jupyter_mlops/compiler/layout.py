"""A notebook's code cells laid out as parameters, shared cells and steps."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jupyter_mlops.compiler.declarations import first_effect
from jupyter_mlops.compiler.names import Names
from jupyter_mlops.compiler.resources import BadSetting, StepSettings, apply_settings
from jupyter_mlops.compiler.walker import names_of
from jupyter_mlops.errors import Diagnostic, Edit
from jupyter_mlops.model.pipeline import Role
from jupyter_mlops.notebook.document import Notebook, NotebookCell
from jupyter_mlops.notebook.source import Source, parse_source
from jupyter_mlops.notebook.tags import CellTags, read_tags

START = "start"
"""Name of the step that untagged code above the first step becomes."""

MEANT_TO_FAIL = "raises-exception"
"""Tag of a cell after which the notebook goes on, whatever it raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCell:
    """A code cell with what it does to names."""

    cell: NotebookCell
    source: Source
    names: Names
    role: Role = "code"

    def diagnostic(self, code: str, message: str, fix: str, **more: Any) -> Diagnostic:
        """A finding about this cell."""
        return Diagnostic(
            code=code,
            message=message,
            fix=fix,
            cell=self.cell.position,
            cell_id=self.cell.id,
            **more,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLayout:
    """The cells of one step and what its settings say."""

    name: str
    cells: tuple[CodeCell, ...]
    settings: StepSettings
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All code cells of a notebook by what they are, each in notebook order.

    ``imported`` holds the names that import statements bind anywhere.
    """

    parameters: tuple[CodeCell, ...]
    shared: tuple[CodeCell, ...]
    steps: tuple[StepLayout, ...]
    skipped: tuple[CodeCell, ...]
    imported: frozenset[str]

    def in_order(self) -> list[CodeCell]:
        """Every cell that runs, in notebook order."""
        cells = [*self.parameters, *self.shared, *(c for s in self.steps for c in s.cells)]
        return sorted(cells, key=lambda c: c.cell.position)


def lay_out(notebook: Notebook) -> tuple[Layout, list[Diagnostic]]:
    """What each code cell of the notebook is, and what is wrong with its tags and syntax."""
    draft = _Draft(notebook)
    for cell in notebook.cells:
        tags, found = read_tags(cell)
        draft.found.extend(found)
        if cell.kind == "code":
            draft.add(cell, tags)
    return draft.layout(), draft.found


@lru_cache(maxsize=2048)
def analysed(text: str, *, future: bool) -> tuple[Source, Names]:
    """A cell's tree and names, remembered: who types changes one cell at a time."""
    source = parse_source(text)
    return source, names_of(source, future=future or _imports_annotations(source))


def forget_cells() -> None:
    """Have every cell read anew by the next analysis, as the first one in a process does."""
    analysed.cache_clear()


class _Draft:
    """Collects cells while the notebook is read from top to bottom."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.found: list[Diagnostic] = []
        self.parameters: list[CodeCell] = []
        self.shared: list[CodeCell] = []
        self.skipped: list[CodeCell] = []
        self.steps: dict[str, list[CodeCell]] = {}
        self.settings: dict[str, StepSettings] = {}
        self.imported: set[str] = set()
        self.current: str | None = None
        self.future = False
        self.base = self.read_settings(StepSettings(), notebook.settings, None)

    def add(self, cell: NotebookCell, tags: CellTags) -> None:
        if tags.step is not None:
            self.enter(tags.step, cell)
        if not cell.source.strip():
            return
        role: Role = tags.role if tags.role in ("check", "metrics") else "code"
        code = self.code(cell, role)
        if code is None:
            return
        self.imported |= code.names.imports
        if tags.role == "skip":
            self.skipped.append(code)
        elif tags.role == "parameters":
            self.parameters.append(code)
        elif tags.role == "shared" or (
            self.current is None
            and role == "code"
            and first_effect(code.source.tree, self.imported) is None
        ):
            self.shared.append(code)
        else:
            if self.current is None:
                self.enter(START, cell)
            assert self.current is not None
            first = not self.steps[self.current]
            self.steps[self.current].append(code)
            self.take_settings(code, tags, first=first)

    def enter(self, name: str, cell: NotebookCell) -> None:
        """Make ``name`` the step that following cells belong to."""
        if name in self.steps and name != self.current and self.steps[name]:
            self.found.append(
                Diagnostic(
                    code="ML106",
                    cell=cell.position,
                    cell_id=cell.id,
                    message=f"step {name!r} goes on here, after step {self.current!r}",
                    fix=f"give this part a name of its own, such as `step:{name}-2`",
                    edit=_renamed(cell, name),
                )
            )
        self.steps.setdefault(name, [])
        self.current = name

    def code(self, cell: NotebookCell, role: Role) -> CodeCell | None:
        try:
            source, names = analysed(cell.source, future=self.future)
            self.future = self.future or _imports_annotations(source)
            return CodeCell(cell=cell, source=source, names=names, role=role)
        except (SyntaxError, RecursionError) as error:
            if MEANT_TO_FAIL in cell.tags:
                source, names = analysed(f"{cell.source!r}\npass", future=self.future)
                return CodeCell(cell=cell, source=source, names=names, role=role)
            self.found.append(
                Diagnostic(
                    code="ML501",
                    cell=cell.position,
                    cell_id=cell.id,
                    line=getattr(error, "lineno", None),
                    message=f"the cell is not Python: {getattr(error, 'msg', error)}",
                    fix="correct the cell, or tag it `skip`",
                )
            )
            return None

    def take_settings(self, code: CodeCell, tags: CellTags, *, first: bool) -> None:
        settings = {**code.cell.settings, **tags.resources}
        assert self.current is not None
        if first:
            base = self.read_settings(self.base, code.cell.settings, code)
            self.settings[self.current] = self.read_settings(base, tags.resources, code)
        elif settings:
            self.found.append(
                code.diagnostic(
                    "ML403",
                    f"settings ({', '.join(settings)}) on a later cell of step {self.current!r}",
                    "move them to the step's first cell",
                )
            )

    def read_settings(
        self, base: StepSettings, settings: Mapping[str, Any], code: CodeCell | None
    ) -> StepSettings:
        for name, value in settings.items():
            try:
                base = apply_settings(base, {name: value})
            except BadSetting as bad:
                where = (code.cell.position, code.cell.id) if code else (None, None)
                self.found.append(
                    Diagnostic(
                        code=bad.code,
                        message=bad.message,
                        fix=bad.fix,
                        cell=where[0],
                        cell_id=where[1],
                    )
                )
        return base

    def layout(self) -> Layout:
        return Layout(
            parameters=tuple(self.parameters),
            shared=tuple(self.shared),
            steps=tuple(
                StepLayout(
                    name=name,
                    cells=tuple(cells),
                    settings=self.settings.get(name, self.base),
                    description=_markdown_above(self.notebook, cells[0].cell) if cells else "",
                )
                for name, cells in self.steps.items()
            ),
            skipped=tuple(self.skipped),
            imported=frozenset(self.imported),
        )


def _renamed(cell: NotebookCell, name: str) -> Edit | None:
    tag = f"step:{name}"
    if tag not in cell.tags:
        return None
    return Edit(cell_id=cell.id, kind="replace-tag", old=tag, new=f"{tag}-2")


def _imports_annotations(source: Source) -> bool:
    """True if the cell makes annotations texts, in itself and in the cells below."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in source.tree.body
    )


def _markdown_above(notebook: Notebook, cell: NotebookCell) -> str:
    texts: list[str] = []
    for above in reversed(notebook.cells[: cell.position - 1]):
        if above.kind != "markdown":
            break
        texts.insert(0, above.source.strip())
    return "\n\n".join(texts)
