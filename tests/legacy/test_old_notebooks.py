"""Whole notebooks of every format and language, mended as far as looking at them goes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from archive import OldCell, OldNotebook

from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.era import date_of
from jupyter_mlops.legacy.prepare import prepared
from jupyter_mlops.legacy.read import read_old
from jupyter_mlops.legacy.rules.pylab import IMPORTS

NUMPY = 'import numpy\n\nnumpy.set_printoptions(legacy="1.13")'
PANDAS = 'import pandas\n\npandas.set_option("display.min_rows", None)'
SKLEARN = "import sklearn\n\nsklearn.set_config(print_changed_only=False)"
LONG_FRAME = "    a\n0   1\n..  .\n99  2"

OLD = [
    OldNotebook(
        name="print statements",
        format=2,
        cells=("x = 3\nprint 'x is', x", "print x,"),
        expected=("x = 3\nprint('x is', x)", "print(x, end=' ')"),
        rules=("python2", "python2"),
    ),
    OldNotebook(
        name="pylab, of a server of 2012",
        format=2,
        cells=("# # Plots", "%pylab inline", "plot(arange(3))"),
        expected=(IMPORTS, "plot(arange(3))"),
        rules=("pylab",),
    ),
    OldNotebook(
        name="exceptions and backticks",
        format=2,
        cells=("try:\n    f()\nexcept IOError, e:\n    print `e`",),
        expected=("try:\n    f()\nexcept IOError as e:\n    print(repr(e))",),
        rules=("python2",),
    ),
    OldNotebook(
        name="quotients of whole numbers",
        format=2,
        cells=("n = 7\nprint n / 2", "n / 2.0"),
        expected=("n = 7\nprint(n // 2)", "n / 2.0"),
        rules=("python2", "division"),
    ),
    OldNotebook(
        name="lazy functions were lists",
        format=2,
        cells=("print 1", "squares = map(square, [1, 2])\nsquares[0]"),
        expected=("print(1)", "squares = list(map(square, [1, 2]))\nsquares[0]"),
        rules=("python2", "python2"),
    ),
    OldNotebook(
        name="a dict's methods",
        format=3,
        cells=("for k, v in d.iteritems():\n    print k",),
        expected=("for k, v in d.items():\n    print(k)",),
        rules=("python2",),
    ),
    OldNotebook(
        name="modules of the standard library",
        format=3,
        cells=("import urllib2, cPickle\nprint urllib2.urlopen(u)",),
        expected=(
            "import urllib.request, urllib.error, urllib.parse, pickle\n"
            "print(urllib.request.urlopen(u))",
        ),
        rules=("python2",),
    ),
    OldNotebook(
        name="cells run from the bottom up",
        format=3,
        cells=(
            OldCell(source="total(rows)", count=3),
            OldCell(source="def total(rows): return len(rows)", count=1),
            OldCell(source="rows = [1, 2]", count=2),
        ),
        expected=("def total(rows): return len(rows)", "rows = [1, 2]", "total(rows)"),
        rules=("order",),
    ),
    OldNotebook(
        name="counts that tell nothing",
        format=3,
        cells=(OldCell(source="x = 1", count=9), OldCell(source="x + 1", count=4)),
        expected=("x = 1", "x + 1"),
    ),
    OldNotebook(
        name="arrays as NumPy 1.13 showed them",
        format=3,
        cells=("import numpy as np", OldCell(source="np.arange(2.)", result="array([ 0.,  1.])")),
        expected=(NUMPY, "import numpy as np", "np.arange(2.)"),
        rules=("shown",),
    ),
    OldNotebook(
        name="a frame of a dict",
        format=3,
        cells=("import pandas as pd\npd.DataFrame({'b': [1], 'a': [2]})",),
        expected=("import pandas as pd\npd.DataFrame({'a': [2], 'b': [1]})",),
        rules=("dict-order",),
    ),
    OldNotebook(
        name="headings and a shell line",
        format=3,
        cells=("# # Files", "files = !ls\nprint files"),
        expected=("files = !ls\nprint(files)",),
        rules=("python2",),
    ),
    OldNotebook(
        name="a window to draw in",
        format=3,
        cells=("%matplotlib qt\nimport matplotlib\nmatplotlib.use('TkAgg')",),
        expected=("%matplotlib inline\nimport matplotlib\npass  # matplotlib.use('TkAgg')",),
        rules=("backend",),
    ),
    OldNotebook(
        name="Python 3, as early as format 3",
        format=3,
        cells=("print(1 / 2)",),
        expected=("print(1 / 2)",),
    ),
    OldNotebook(
        name="Python 2 by its kernel, though it reads as Python 3",
        format=4,
        python="2.7.9",
        cells=("half = len(x) / 2", "xrange(half)"),
        expected=("half = len(x) // 2", "range(half)"),
        rules=("python2", "division"),
    ),
    OldNotebook(
        name="division that was exact already",
        format=4,
        python="2.7.9",
        cells=("from __future__ import division", "print 1 / 2"),
        expected=("from __future__ import division", "print(1 / 2)"),
        rules=("python2",),
    ),
    OldNotebook(
        name="a cell that only Python 2 reads, in a notebook saved with Python 3",
        format=4,
        python="3.5.1",
        cells=("x = map(f, y)", "print x"),
        expected=("x = map(f, y)", "print(x)"),
        rules=("python2",),
    ),
    OldNotebook(
        name="packages that it installs itself",
        format=4,
        python="3.6.0",
        cells=("!pip install --user tabulate\nimport tabulate",),
        expected=("# !pip install --user tabulate\nimport tabulate",),
        rules=("installs",),
    ),
    OldNotebook(
        name="conda in a condition",
        format=4,
        python="3.7.3",
        cells=("if new:\n    !conda install -y numba",),
        expected=("if new:\n    pass  # !conda install -y numba",),
        rules=("installs",),
    ),
    OldNotebook(
        name="timed cells",
        format=4,
        python="2.7.12",
        cells=("%%time\nprint 'slow'", "%timeit -n 3 f()"),
        expected=("%%time\nprint('slow')", "%timeit -n 3 f()"),
        rules=("python2",),
    ),
    OldNotebook(
        name="a cell of another language",
        format=4,
        python="2.7.12",
        cells=("%%bash\nprint 1", "%%javascript\nvar x = 1 / 2"),
        expected=("%%bash\nprint 1", "%%javascript\nvar x = 1 / 2"),
    ),
    OldNotebook(
        name="long frames as pandas 0.24 showed them",
        format=4,
        python="3.4.3",
        cells=("import pandas as pd\nframe.ix[0]", OldCell(source="frame", result=LONG_FRAME)),
        expected=(PANDAS, "import pandas as pd\nframe.ix[0]", "frame"),
        rules=("shown",),
    ),
    OldNotebook(
        name="estimators as scikit-learn 0.22 showed them",
        format=4,
        python="3.4.3",
        cells=(
            "from sklearn.cross_validation import KFold\nfrom sklearn.svm import SVC",
            OldCell(source="SVC()", result="SVC(C=1.0, cache_size=200)"),
        ),
        expected=(
            SKLEARN,
            "from sklearn.cross_validation import KFold\nfrom sklearn.svm import SVC",
            'SVC(gamma="auto")',
        ),
        rules=("default", "shown"),
    ),
    OldNotebook(
        name="nothing to mend",
        format=4,
        python="3.9.2",
        cells=("# # Sum", OldCell(source="1 + 1", result="2"), "f'{1}'"),
        expected=("1 + 1", "f'{1}'"),
    ),
    OldNotebook(
        name="a notebook widget",
        format=4,
        python="3.6.0",
        cells=("%matplotlib notebook\nx = 1", "%matplotlib inline"),
        expected=("%matplotlib inline\nx = 1", "%matplotlib inline"),
        rules=("backend",),
    ),
    OldNotebook(
        name="a cell that is no code stays",
        format=4,
        python="2.7.9",
        cells=("def todo(x):", "print 1"),
        expected=("def todo(x):", "print(1)"),
        rules=("python2",),
    ),
    OldNotebook(
        name="help and shell escapes",
        format=4,
        python="2.7.9",
        cells=("len?\n!echo {x}\nprint x",),
        expected=("len?\n!echo {x}\nprint(x)",),
        rules=("python2",),
    ),
]


@pytest.mark.parametrize("old", OLD, ids=lambda old: f"{old.format} {old.name}")
def test_an_old_notebook_is_mended_as_far_as_can_be_seen(old: OldNotebook, tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(old.document))
    read, document, _ = read_old(path)
    era = date_of(read, document, path, date(2026, 1, 1))
    found = prepared(read, document["metadata"], era, Choice())
    assert tuple(cell.source for cell in found.code) == old.expected
    made = [patch.rule for patch in found.patches if patch.rule not in ("format", "kernel")]
    assert tuple(made) == old.rules
