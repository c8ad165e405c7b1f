from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from jupyter_mlops.environments.statements import Statement, Weight, statements_of
from jupyter_mlops.model.pipeline import Cell, Pipeline, Step


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    cells: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    found: tuple[Statement, ...] = ()


def of(module: str, *names: str, weight: Weight = "certain", cell: int = 1) -> Statement:
    return Statement(module=module, names=names, weight=weight, cell=cell)


CASES = [
    Case(title="nothing", cells=("x = 1",)),
    Case(
        title="modules, names, stars",
        cells=("import a.b as c, d\nfrom e.f import g, h\nfrom i import *",),
        found=(of("a.b"), of("d"), of("e.f", "g", "h"), of("i")),
    ),
    Case(title="a relative import", cells=("from . import a\nfrom .b import c",)),
    Case(
        title="IPython's syntax",
        cells=("%matplotlib inline\n!ls\nimport a", "%%bash\nimport b", "%%time\nimport c"),
        found=(of("a"), of("c", cell=3)),
    ),
    Case(
        title="a module that a cell writes",
        cells=("%%writefile a.py\nx = 1", "import a\nimport b"),
        found=(of("b", cell=2),),
    ),
    Case(
        title="variables that code above sets",
        cells=(
            "import os\nos.environ['A'] = '1'\nos.environ['B'] = b\nimport a",
            "from os import environ\nenviron['C'] = '2'\nimport b",
        ),
        found=(
            of("os"),
            replace(of("a"), environ=(("A", "1"),)),
            replace(of("os", "environ", cell=2), environ=(("A", "1"),)),
            replace(of("b", cell=2), environ=(("A", "1"), ("C", "2"))),
        ),
    ),
    Case(
        title="in loops and with-blocks it runs with its cell",
        cells=("with x:\n    import a\nfor y in z:\n    import b",),
        found=(of("a"), of("b")),
    ),
    Case(
        title="in functions and classes",
        cells=("def f():\n    import a\nclass C:\n    async def g(self):\n        import b",),
        found=(of("a", weight="inner"), of("b", weight="inner")),
    ),
    Case(
        title="under a condition, in a try, also in a function",
        cells=(
            "if x:\n    import a\ntry:\n    import b\nexcept ImportError:\n    import c\n"
            "def f():\n    try:\n        import d\n    finally:\n        pass",
        ),
        found=tuple(of(name, weight="optional") for name in "abcd"),
    ),
    Case(
        title="the gravest of equal ones",
        cells=("try:\n    import a\nexcept ImportError:\n    pass", "import a", "import a"),
        found=(of("a", cell=2),),
    ),
    Case(
        title="modules near the notebook",
        cells=("import helpers, mine.part, deep, far",),
        files={"helpers.py": "", "mine/part.py": "", "src/deep.py": ""},
        found=(of("far"),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_statements_of(case: Case, tmp_path: Path) -> None:
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    cells = tuple(
        Cell(id=f"c{n}", position=n, source=source) for n, source in enumerate(case.cells, 1)
    )
    pipeline = Pipeline(
        name="n",
        title="n",
        shared=cells[:1],
        steps=tuple(Step(name=cell.id, cells=(cell,)) for cell in cells[1:]),
    )
    assert statements_of(pipeline, notebook=tmp_path / "n.ipynb") == case.found
