from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from jupyter_mlops.compiler import check_notebook


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    cells: tuple[tuple[str, str], ...]
    expected: tuple[tuple[str, int | None, int | None], ...] = ()
    fix: str = ""
    settings: dict = field(default_factory=dict)
    cell_settings: dict = field(default_factory=dict)


STEP = ("step:a", "x = 1")

CASES = [
    Case(name="clean", cells=(STEP, ("step:b", "print(x)"))),
    Case(name="empty notebook", cells=(), expected=(("ML503", None, None),)),
    Case(name="only markdown", cells=(("#", "# hello"),), expected=(("ML503", None, None),)),
    Case(name="no tags", cells=(("", "x = 1\nprint(x)"),), expected=(("ML105", None, None),)),
    Case(
        name="step with a space",
        cells=(STEP, ("step train", "y = x")),
        expected=(("ML101", 2, None),),
        fix="did you mean `step:train`?",
    ),
    Case(
        name="step with a dash",
        cells=(STEP, ("Step-train", "y = x")),
        expected=(("ML101", 2, None),),
        fix="did you mean `step:train`?",
    ),
    Case(
        name="misspelt role",
        cells=(("paramters", "lr = 1"), STEP),
        expected=(("ML101", 1, None),),
        fix="did you mean `parameters`?",
    ),
    Case(name="foreign tags", cells=(("step:a,hide-input,raises-exception,remove-cell", "x = 1"),)),
    Case(
        name="bad step name",
        cells=(("step:train model!", "x = 1"),),
        expected=(("ML102", 1, None),),
        fix="tag the cell `step:train-model`",
    ),
    Case(name="two steps", cells=(("step:a,step:b", "x = 1"),), expected=(("ML103", 1, None),)),
    Case(
        name="step and shared",
        cells=(STEP, ("step:b,shared", "y = 1")),
        expected=(("ML107", None, None), ("ML103", 2, None)),
    ),
    Case(
        name="step goes on after another",
        cells=(STEP, ("step:b", "y = x"), ("step:a", "z = y")),
        expected=(("ML106", 3, None),),
        fix="give this part a name of its own, such as `step:a-2`",
    ),
    Case(
        name="step without code",
        cells=(STEP, ("step:b", "  "), ("step:c", "print(x)")),
        expected=(("ML107", None, None),),
    ),
    Case(
        name="after a raise",
        cells=(STEP, ("", "raise SystemExit"), ("step:b", "print(x)")),
        expected=(("ML305", 3, None),),
    ),
    Case(name="a raise on purpose", cells=(("step:a,raises-exception", "raise ValueError"), STEP)),
    Case(
        name="undefined",
        cells=(("step:a", "model = 1"), ("step:b", "y = 2\nprint(modle)")),
        expected=(("ML301", 2, 2),),
        fix="did you mean `model`?",
    ),
    Case(
        name="a forgotten import",
        cells=(("step:a", "n = 1\nnp.ones(n)"),),
        expected=(("ML301", 1, 2),),
        fix="add `import numpy as np`",
    ),
    Case(
        name="a forgotten module",
        cells=(("step:a", "def f():\n    return json.loads('1')"),),
        expected=(("ML306", 1, 2),),
        fix="add `import json`",
    ),
    Case(
        name="a type that typing has",
        cells=(("parameters", "mode: Literal['a', 'b'] = 'a'"), STEP),
        expected=(("ML301", 1, 1),),
        fix="add `from typing import Literal`",
    ),
    Case(
        name="defined later",
        cells=(("step:a", "print(y)"), ("step:b", "y = 2")),
        expected=(("ML302", 1, 1),),
    ),
    Case(
        name="deleted",
        cells=(STEP, ("step:b", "del x"), ("step:c", "print(x)")),
        expected=(("ML303", 3, 1),),
    ),
    Case(name="deleted and bound again", cells=(STEP, ("step:b", "del x\nx = 2\nprint(x)"))),
    Case(
        name="bound in a skipped cell",
        cells=(("skip", "q = 1"), ("step:a", "print(q)")),
        expected=(("ML301", 2, 1),),
    ),
    Case(
        name="read under except NameError", cells=(("step:a", "try: q\nexcept NameError: q = 1"),)
    ),
    Case(name="shell variables are the shell's", cells=(("step:a", "!echo $HOME"),)),
    Case(name="star import may bind anything", cells=(("step:a", "from math import *\nsin(1)"),)),
    Case(
        name="mentioned by a function",
        cells=(("step:a", "def f():\n    return valeu\nvalue = 1"),),
        expected=(("ML306", 1, 2),),
        fix="did you mean `value`?",
    ),
    Case(
        name="shared cell that needs a step",
        cells=(STEP, ("shared", "limit = x"), ("step:b", "print(limit)")),
        expected=(("ML304", 2, 1),),
    ),
    Case(
        name="shared cell that works",
        cells=(("shared", "import os\nfiles = os.listdir()"), STEP),
        expected=(("ML108", 1, 2),),
    ),
    Case(
        name="computed default",
        cells=(("parameters", "import os\nroot = os.getcwd()"), STEP),
        expected=(("ML201", 1, 2),),
    ),
    Case(
        name="type that cannot come from outside",
        cells=(("parameters", "a: set[int] = []"), STEP),
        expected=(("ML202", 1, 1),),
    ),
    Case(
        name="a choice that JSON lacks",
        cells=(("parameters", "from typing import Literal\na: Literal[b'x'] = 'x'"), STEP),
        expected=(("ML202", 1, 2),),
    ),
    Case(
        name="default of another type",
        cells=(("parameters", "a: int = 'x'"), STEP),
        expected=(("ML203", 1, 1),),
    ),
    Case(
        name="two parameters cells",
        cells=(("parameters", "a = 1"), ("parameters", "b = 1"), STEP),
        expected=(("ML204", 2, None),),
    ),
    Case(
        name="statement among parameters",
        cells=(("parameters", "a = 1\nprint(a)"), STEP),
        expected=(("ML205", 1, 2),),
    ),
    Case(
        name="parameter twice",
        cells=(("parameters", "a = 1\na = 2"), STEP),
        expected=(("ML206", 1, 2),),
    ),
    Case(
        name="unknown resource",
        cells=(STEP,),
        cell_settings={1: {"memroy": "1Gi"}},
        expected=(("ML401", 1, None),),
        fix="did you mean `memory`?",
    ),
    Case(
        name="unknown resource for all steps",
        cells=(STEP,),
        settings={"cores": 2},
        expected=(("ML401", None, None),),
    ),
    Case(
        name="bad quantity",
        cells=(STEP,),
        cell_settings={1: {"memory": "much"}},
        expected=(("ML402", 1, None),),
        fix='write it like "512Mi" or "2Gi", at least 6Mi',
    ),
    Case(
        name="unknown limit tag",
        cells=(("step:a,limit:disk:3", "x = 1"),),
        expected=(("ML401", 1, None),),
    ),
    Case(
        name="settings on a later cell",
        cells=(STEP, ("", "y = 1")),
        cell_settings={2: {"cpus": 1}},
        expected=(("ML403", 2, None),),
    ),
    Case(
        name="tag on markdown",
        cells=(("#,step:a", "# Load"), ("step:b", "x = 1")),
        expected=(("ML104", 1, None),),
    ),
    Case(
        name="more levels than Python's parser takes",
        cells=(("step:a", "x = " + "-" * 100_000 + "1"),),
        expected=(("ML501", 1, None),),
    ),
    Case(name="syntax error", cells=(("step:a", "x = 1\ny = ("),), expected=(("ML501", 1, 2),)),
    Case(
        name="library patched in a step: own functions are carried, other values are not",
        cells=(
            (
                "step:a",
                "import numpy as np\nimport pandas as pd\nnp.mean = lambda v: 0\n"
                "pd.DataFrame.size = 1\nfrom json import JSONEncoder\nJSONEncoder.default = str\n"
                "def twice(v): return v\nsetattr(np, 'twice', twice)",
            ),
            ("step:b", "print(np)"),
        ),
        expected=(("ML307", 1, 4), ("ML307", 1, 6)),
    ),
    Case(
        name="library set in a function",
        cells=(
            ("shared", "import sys"),
            ("step:a", "def mute():\n    sys.displayhook = print\nmute()"),
            ("step:b", "x = 1"),
        ),
        expected=(("ML308", 2, 2),),
    ),
    Case(
        name="global of a helper module set in a step",
        cells=(
            ("shared", "import helpers"),
            ("step:a", "helpers.RATE = 3\nhelpers.COUNT += 1\ndel helpers.OLD"),
            ("step:b", "print(helpers.RATE)"),
        ),
        expected=(("ML308", 2, 1), ("ML308", 2, 2), ("ML308", 2, 3)),
        fix="set `helpers.RATE` in a `shared` cell, or pass the value to the functions that need "
        "it",
    ),
    Case(
        name="patches that every step sees, that nobody sees later, and options that travel",
        cells=(
            ("shared", "import sys\nimport numpy as np\nimport pandas as pd\nnp.mean = None"),
            ("step:a", "pd.options.display.max_rows = 5\nsys.path = [*sys.path]\nx = np.mean"),
            ("step:b", "np.mean = x"),
        ),
    ),
    Case(
        name="the last result of another step",
        cells=(("step:a", "1 + 1"), ("step:b", "print(_)")),
        expected=(("ML309", 2, 1),),
        fix="give the value a name where it arises, and read that name",
    ),
    Case(
        name="results and inputs of the same step",
        cells=(("step:a", "1 + 1"), ("", "print(_, _i)"), ("step:b", "!ls\nprint(_exit_code)")),
    ),
    Case(
        name="more results than the step has",
        cells=(("step:a", "1 + 1"), ("", "print(2)"), ("", "print(_, __)")),
        expected=(("ML309", 3, 1),),
    ),
    Case(
        name="cells by number",
        cells=(("step:a", "1 + 1"), ("", "print(_1, Out[1],\n      In[1])")),
        expected=(("ML309", 2, 1), ("ML309", 2, 1), ("ML309", 2, 2)),
    ),
    Case(
        name="an underscore that the notebook binds",
        cells=(
            ("step:a", "for _ in range(3): pass\nprint(_)"),
            ("step:b", "a, _ = 1, 2\nprint([_ for _ in 'ab'], _)"),
            ("step:c", "print(_)"),
        ),
        expected=(("ML309", 3, 1),),
    ),
    Case(
        name="a class that says what is carried of it",
        cells=(
            ("step:a", "class C:\n    def __reduce__(self): return C, ()\nc = C()"),
            ("step:b", "c"),
        ),
        expected=(("ML310", 1, 2),),
        fix="let `__reduce__` keep all that later steps read, or remove it",
    ),
    Case(
        name="the same in a single step, which carries nothing",
        cells=(("step:a", "class C:\n    def __reduce__(self): return C, ()"),),
    ),
    Case(
        name="a frame that shares memory",
        cells=(
            ("step:a", "import pandas as pd\ndf = pd.DataFrame([1], copy=False)"),
            ("step:b", "pd.Series([1], copy=True), dict(copy=False)"),
        ),
        expected=(("ML311", 1, 2),),
    ),
    Case(
        name="a cached function that another step calls",
        cells=(
            ("step:a", "import functools\n@functools.cache\ndef f(): return [1]\nf()"),
            ("step:b", "f()"),
        ),
        expected=(("ML313", 1, 2),),
        fix="keep results in a dictionary, if it matters that the function does not run",
    ),
    Case(
        name="a cached function that no other step calls",
        cells=(
            ("step:a", "from functools import lru_cache\n@lru_cache\ndef f(): return [1]\nf()"),
            ("step:b", "x = 1"),
        ),
    ),
    Case(
        name="a caught exception that a later step reads",
        cells=(
            ("step:a", "found = {}\ntry: 1 / 0\nexcept Exception as e:\n    found['a'] = (1, e)"),
            ("step:b", "print(found)"),
        ),
        expected=(("ML314", 1, 4),),
    ),
    Case(
        name="caught exceptions that are shown, or kept for nobody",
        cells=(
            (
                "step:a",
                "try: 1 / 0\nexcept Exception as e:\n    print(e)\n    x = str(e)\n    y = e",
            ),
            ("step:b", "print(x)"),
        ),
    ),
    Case(
        name="the last exception of another step",
        cells=(
            ("step:a,raises-exception", "1 / 0"),
            ("step:b", "import sys, traceback\n%debug\ntraceback.print_last()\nsys.last_value"),
        ),
        expected=(("ML309", 2, 2), ("ML309", 2, 3), ("ML309", 2, 4)),
        fix="tag the cell `step:a`, or keep `traceback.format_exc()` there",
    ),
    Case(
        name="the last exception of the same step, or of none",
        cells=(
            ("step:a", "%tb"),
            ("step:b,raises-exception", "1 / 0"),
            ("", "%tb"),
            ("step:c,raises-exception", "1 / 0"),
            ("", "%debug"),
        ),
    ),
    Case(
        name="displays of another step that are updated",
        cells=(
            ("shared", "from IPython.display import update_display"),
            ("step:a", "display(1, display_id='x')\ndisplay(1, display_id='y')"),
            ("", "update_display(2, display_id='x')"),
            ("step:b", "display(2, display_id='x', update=True)"),
            ("", "update_display(2, display_id='z')"),
            ("", "display(1, display_id='y')\nupdate_display(2, display_id='y')"),
        ),
        expected=(("ML315", 4, 1),),
        fix="show and update it in one step, or show it anew here",
    ),
    Case(
        name="a shared underscore",
        cells=(
            ("shared", "from gettext import gettext as _"),
            ("step:a", "def f(): return _('x')\nprint(_('y'))"),
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_findings(case: Case, make_notebook) -> None:
    notebook = make_notebook(case.cells, settings=case.settings, cell_settings=case.cell_settings)
    found = check_notebook(notebook)
    assert tuple((d.code, d.cell, d.line) for d in found) == case.expected
    if case.fix:
        assert case.fix in [d.fix for d in found]
    assert all(d.message and d.fix for d in found)


def test_every_code_has_a_page(request: pytest.FixtureRequest) -> None:
    root = request.config.rootpath
    source = "".join(p.read_text() for p in (root / "jupyter_mlops").rglob("*.py"))
    pages = {p.stem: p.read_text() for p in (root / "docs" / "diagnostics").glob("ML*.md")}
    assert set(pages) == set(re.findall(r'"(ML\d{3})"', source))
    found = {
        code: re.findall(r"^(?:# (ML\d+):|## (.*))", p, re.MULTILINE) for code, p in pages.items()
    }
    assert found == {code: [(code, ""), ("", "Bad"), ("", "Good")] for code in pages}
