"""Findings that are mended by one change of one cell."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.compiler import check_notebook
from jupyter_mlops.errors import Edit

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells as ``(tags, source)``, and the edit of the finding ``code``."""

    name: str
    cells: Cells
    code: str
    edit: Edit | None


def replaced(cell: int, old: str, new: str, line: int = 1) -> Edit:
    return Edit(cell_id=f"c{cell}", kind="replace-line", old=old, new=new, line=line)


CASES = [
    Case(
        name="a misspelt variable, wherever the line reads it",
        cells=(
            ("step:a", "model = n = 1"),
            ("step:b", "y = 2\nprint('modle', 'é', n.modle, modle, modle)"),
        ),
        code="ML301",
        edit=replaced(
            2,
            "print('modle', 'é', n.modle, modle, modle)",
            "print('modle', 'é', n.modle, model, model)",
            2,
        ),
    ),
    Case(
        name="a misspelt variable in a function",
        cells=(("step:a", "model = 1"), ("step:b", "def f():\n    return modle")),
        code="ML306",
        edit=replaced(2, "    return modle", "    return model", 2),
    ),
    Case(
        name="none where nothing is like it",
        cells=(("step:a", "model = 1"), ("step:b", "print(rows)")),
        code="ML301",
        edit=None,
    ),
    Case(
        name="a forgotten import",
        cells=(("step:a", "n = 1\nprint(np.ones(n))"),),
        code="ML301",
        edit=replaced(1, "n = 1", "import numpy as np\nn = 1"),
    ),
    Case(
        name="a forgotten import of a function",
        cells=(("step:a", "def f():\n    return json.loads('1')"),),
        code="ML306",
        edit=replaced(1, "def f():", "import json\ndef f():"),
    ),
    Case(
        name="none above a cell magic, which has to be the first",
        cells=(("step:a", "%%time\nprint(np.ones(1))"),),
        code="ML301",
        edit=None,
    ),
    Case(
        name="none in a magic, which is not Python",
        cells=(("step:a", "model = 1"), ("step:b", "%time print(modle)")),
        code="ML301",
        edit=None,
    ),
    Case(
        name="a variable of a skipped cell",
        cells=(("step:a", "x = 1"), ("skip", "model = 1"), ("", "print(model)")),
        code="ML301",
        edit=Edit(cell_id="c2", kind="remove-tag", old="skip"),
    ),
    Case(
        name="a misspelt tag",
        cells=(("step:a", "x = 1"), ("step train", "print(x)")),
        code="ML101",
        edit=Edit(cell_id="c2", kind="replace-tag", old="step train", new="step:train"),
    ),
    Case(
        name="a name that no step can have",
        cells=(("step:train model!", "x = 1"),),
        code="ML102",
        edit=Edit(
            cell_id="c1", kind="replace-tag", old="step:train model!", new="step:train-model"
        ),
    ),
    Case(
        name="a step that goes on after another",
        cells=(("step:a", "x = 1"), ("step:b", "y = x"), ("step:a", "z = y")),
        code="ML106",
        edit=Edit(cell_id="c3", kind="replace-tag", old="step:a", new="step:a-2"),
    ),
    Case(
        name="a cell that nothing reaches",
        cells=(("step:a", "x = 1\nraise SystemExit"), ("step:b", "print(x)")),
        code="ML305",
        edit=Edit(cell_id="c2", kind="add-tag", new="skip"),
    ),
    Case(
        name="a shared cell that reads what a step binds",
        cells=(("step:a", "x = 1"), ("shared", "def f(n=x):\n    return n"), ("", "f()")),
        code="ML304",
        edit=Edit(cell_id="c2", kind="remove-tag", old="shared"),
    ),
    Case(
        name="a library changed in one step",
        cells=(
            ("shared", "import requests"),
            ("step:a", "x = 1"),
            ("", "requests.adapters.LIMIT = 5"),
            ("step:b", "print(x)"),
        ),
        code="ML307",
        edit=Edit(cell_id="c3", kind="add-tag", new="shared"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_edit(case: Case, make_notebook) -> None:
    (found,) = (f for f in check_notebook(make_notebook(case.cells)) if f.code == case.code)
    assert found.edit == case.edit


@pytest.mark.parametrize("case", [case for case in CASES if case.edit], ids=lambda case: case.name)
def test_edit_mends(case: Case, make_notebook) -> None:
    mended = check_notebook(make_notebook(tuple(applied(case.cells, case.edit))))
    assert case.code not in {found.code for found in mended}


def applied(cells: Cells, edit: Edit) -> list[tuple[str, str]]:
    return [
        edited(tags, source, edit) if edit.cell_id == f"c{number}" else (tags, source)
        for number, (tags, source) in enumerate(cells, start=1)
    ]


def edited(tags: str, source: str, edit: Edit) -> tuple[str, str]:
    if edit.kind == "replace-line":
        lines = source.splitlines()
        assert lines[edit.line - 1] == edit.old
        lines[edit.line - 1] = edit.new
        return tags, "\n".join(lines)
    kept = [tag for tag in tags.split(",") if tag and tag != edit.old]
    return ",".join([*kept, edit.new] if edit.new else kept), source
