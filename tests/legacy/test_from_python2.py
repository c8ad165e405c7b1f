"""Python 2 → 3, cell by cell, around IPython's own lines."""

from __future__ import annotations

import pytest
from drafts import draft_of

from jupyter_mlops.legacy.python2 import is_python2, modernise, to_python3

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


def test_only_cells_that_change_are_patched() -> None:
    draft = modernise(draft_of("x = 1", "print x"))
    assert [(patch.cell, patch.rule, patch.after) for patch in draft.patches] == [
        (2, "python2", "print(x)")
    ]
