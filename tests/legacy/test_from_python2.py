"""Python 2 → 3, cell by cell, around IPython's own lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from drafts import draft_of
from mending import failure_in, mended

from jupyter_mlops.legacy.division import round_down
from jupyter_mlops.legacy.failure import Scene
from jupyter_mlops.legacy.lists import as_lists
from jupyter_mlops.legacy.modules import mend_module
from jupyter_mlops.legacy.python2 import is_python2, modernise, to_python3
from jupyter_mlops.legacy.rules import MENDING

CASES: dict[str, str | None] = {
    'print "a", 1': 'print("a", 1)',
    'print "%s" % x,': "print(\"%s\" % x, end=' ')",
    "%matplotlib inline\nfor k, v in d.iteritems():\n    !ls {k}\n    print k": (
        "%matplotlib inline\nfor k, v in d.items():\n    !ls {k}\n    print(k)"
    ),
    "x = map(f, y)\nraw_input('?')": "x = list(map(f, y))\ninput('?')",
    "try:\n    1\nexcept A, e:\n    print `e`": "try:\n    1\nexcept A as e:\n    print(repr(e))",
    "%%time\nprint 3": "%%time\nprint(3)",
    "%%bash\nprint 3": "%%bash\nprint 3",
    "from urllib import urlopen": "from urllib.request import urlopen",
    "x = !ls\nprint x": "x = !ls\nprint(x)",
    "import StringIO\nStringIO.StringIO()": "import io\nio.StringIO()",
    "print('a')  # either": "print('a')  # either",
    "from __future__ import print_function\nprint('a', file=f)": (
        "from __future__ import print_function\nprint('a', file=f)"
    ),
    "df?": "df?",
    "neither one nor the other": None,
}


@pytest.mark.parametrize("source", CASES)
def test_a_cell_becomes_python_3(source: str) -> None:
    assert to_python3(source) == CASES[source]


@pytest.mark.parametrize(
    ("metadata", "source", "expected"),
    [
        ({"language_info": {"version": "2.7.13"}}, "x = 1", True),
        ({"kernelspec": {"name": "python2"}}, "x = 1", True),
        ({"language_info": {"version": "3.6.1"}}, "print 1", False),
        ({}, "print 1", True),
        ({}, "print(1)", False),
        ({}, "no language at all", False),
    ],
)
def test_python_2_is_known_by_what_the_notebook_says_or_holds(
    metadata: dict[str, object], source: str, expected: bool
) -> None:
    assert is_python2(draft_of(source), metadata) is expected


def test_a_notebook_of_python_3_keeps_what_is_python_3() -> None:
    refused = ({"output_type": "error", "ename": "SyntaxError"},)
    for stored, expected in (((), "print(x)"), (refused, "print x")):
        draft = modernise(draft_of("x = map(f, y)", "print x", stored=stored), every=False)
        assert [cell.source for cell in draft.cells] == ["x = map(f, y)", expected]


DIVISIONS = {
    "1 / 2, 3.0 / 2, x / 2": "1 // 2, 3.0 / 2, x / 2",
    "n = len(x)\nhalf = n / 2  # 1/2\nhalf / 3": "n = len(x)\nhalf = n // 2  # 1/2\nhalf // 3",
    "n = 3\nn = n * 0.5\nn / 2": "n = 3\nn = n * 0.5\nn / 2",
    "for i in range(9):\n    print(i / 2, (i + 1) / 2)": (
        "for i in range(9):\n    print(i // 2, (i + 1) // 2)"
    ),
    "def f(n): return n / 2\nn = 3": "def f(n): return n / 2\nn = 3",
    "%time x = 7 / (2 *\n 3)\n%matplotlib inline": "%time x = 7 // (2 *\n 3)\n%matplotlib inline",
    "from __future__ import division\n1 / 2": "from __future__ import division\n1 / 2",
    "é = 'é'; 3 / 2": "é = 'é'; 3 // 2",
    "1 / float(2) + 2.5 / 1": "1 / float(2) + 2.5 / 1",
}


@pytest.mark.parametrize("source", DIVISIONS)
def test_quotients_of_whole_numbers_are_rounded_down(source: str) -> None:
    assert round_down(draft_of(source)).cells[0].source == DIVISIONS[source]


LISTS = {
    "sum(map(f, xs)) / all(zip(xs, ys))": "sum(list(map(f, xs))) / all(list(zip(xs, ys)))",
    "max(filter(f, xs), key=g)": "max(list(filter(f, xs)), key=g)",
    "sum(xs); max(*map(f, xs)); any(f(x) for x in map(g, xs)); numpy.sum(map(f, xs))": (
        "sum(xs); max(*map(f, xs)); any(f(x) for x in map(g, xs)); numpy.sum(map(f, xs))"
    ),
}


@pytest.mark.parametrize("source", LISTS)
def test_what_is_summed_or_compared_is_a_list(source: str) -> None:
    assert as_lists(draft_of(source)).cells[0].source == LISTS[source]


def test_a_module_of_the_repository_is_mended_in_the_job(tmp_path: Path) -> None:
    module = tmp_path / "lib" / "helpers.py"
    module.parent.mkdir()
    module.write_text("print 'loaded'\n")
    failure = failure_in(
        "c1",
        "SyntaxError: Missing parentheses in call to 'print'",
        "Cell In[1], line 1\nFile /elsewhere/run/project/lib/helpers.py:1\n",
    )
    scene = Scene(folder=tmp_path, root=tmp_path)
    found = mended(draft_of("import helpers"), failure, scene)
    assert found is not None
    assert found.files == {"lib/helpers.py": "print('loaded')\n"}
    assert [(p.rule, p.before, p.after) for p in found.patches] == [
        ("python2", "print 'loaded'\n", "print('loaded')\n")
    ]
    assert module.read_text() == "print 'loaded'\n"


def test_only_cells_that_change_are_patched() -> None:
    draft = modernise(draft_of("x = 1", "print x"))
    assert [(patch.cell, patch.rule, patch.after) for patch in draft.patches] == [
        (2, "python2", "print(x)")
    ]


def test_a_module_is_mended_as_a_cell_is(tmp_path: Path) -> None:
    text = "import numpy as np\n\n\ndef half(x):\n    return np.float(x) / 2\n"
    (tmp_path / "helpers.py").write_text(text)
    failure = failure_in(
        "c1",
        "AttributeError: module 'numpy' has no attribute 'float'",
        "Cell In[1], line 1\nFile /run/project/helpers.py:5, in half(x)\n"
        "File /s/site-packages/n.py:3",
    )
    scene = Scene(folder=tmp_path, root=tmp_path)
    found = mend_module(draft_of("helpers.half(1)"), failure, scene, MENDING)
    assert found is not None
    assert found.files == {"helpers.py": text.replace("np.float", "float")}
    assert [patch.reason.partition(":")[0] for patch in found.patches] == [
        "helpers.py, in the job alone"
    ]
