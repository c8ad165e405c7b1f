"""The oracle: what a pipeline prints is what the notebook prints in one kernel, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from jupyter_mlops.runner import RunRequest
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store
from jupyter_mlops.verify import verify_notebook
from jupyter_mlops.verify.compare import CellState

pytestmark = pytest.mark.kernel


@dataclass(frozen=True, kw_only=True)
class Case:
    """Sources of steps a, b, c …, below a shared cell; the cells that are not the same, by step."""

    name: str
    steps: tuple[str, ...]
    shared: str = ""
    parameters: str = ""
    others: dict[str, CellState] = field(default_factory=dict)


CASES = [
    Case(
        name="frames: changed in place in the middle, aliased, looked at",
        shared="import pandas as pd",
        steps=(
            "df = pd.DataFrame({'a': [3, 1, 2], 'b': list('xyz')})\nsame = df",
            "df['c'] = df.a * 2\ndf.sort_values('a', inplace=True)\nprint(same is df, list(same))",
            "print(df.head())\nprint(same.c.sum(), same is df)",
        ),
    ),
    Case(
        name="arrays and views",
        shared="import numpy as np",
        steps=(
            "x = np.arange(6.0).reshape(2, 3)\nrow = x[1]",
            "row[0] = 100\nprint(x)",
            "x += 1\nprint(row, np.shares_memory(x, row))",
        ),
    ),
    Case(
        name="fitted models",
        shared="from sklearn.datasets import load_iris\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "from sklearn.linear_model import LogisticRegression",
        steps=(
            "X, y = load_iris(return_X_y=True)",
            "model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)).fit(X, y)",
            "print(model.score(X, y), model.predict(X[:5]))",
        ),
    ),
    Case(
        name="functions and classes of the notebook",
        steps=(
            "factor = 2\ndef scale(v):\n    return v * factor\n\nclass Box:\n"
            "    count = 0\n    def __init__(self, v):\n        Box.count += 1\n"
            "        self.v = scale(v)",
            "box = Box(4)\nfactor = 10\nprint(scale(1), box.v, Box.count)",
            "print(isinstance(box, Box), Box(1).v, Box.count, scale(3))",
        ),
    ),
    Case(
        name="state that functions share",
        steps=(
            "def counter():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n"
            "        return n\n    def get():\n        return n\n    return up, get\n"
            "up, get = counter()\nseen = []\ndef note(v):\n    seen.append(v)",
            "up(); up(); note('b')\nprint(get(), seen)",
            "up(); note('c')\nprint(get(), seen)",
        ),
    ),
    Case(
        name="imports of every form",
        steps=(
            "import os.path as p, xml.etree.ElementTree\nfrom math import *\n"
            "from random import Random as R",
            "print(p.join('a', 'b'), sqrt(16), R(1).random())\n"
            "print(xml.etree.ElementTree.fromstring('<a b=\"1\"/>').attrib)",
            "import collections.abc\nprint(isinstance([], collections.abc.Sized))",
        ),
    ),
    Case(
        name="magics and shell lines",
        steps=(
            "%matplotlib inline\nword = 'hello'\nlines = !echo {word} there",
            "%%capture grabbed\nprint('inside')",
            "print(lines, grabbed.stdout)\n!echo $word again",
        ),
    ),
    Case(
        name="generators of random numbers go on",
        shared="import random\nimport numpy as np",
        steps=(
            "random.seed(3)\nnp.random.seed(4)\nprint(random.random(), np.random.rand())",
            "print(random.random())",
            "print(random.random(), np.random.rand())",
        ),
    ),
    Case(
        name="the shared cell's things changed by a step",
        shared="CONFIG = {'depth': 1}\ndef depth():\n    return CONFIG['depth']",
        steps=("CONFIG['depth'] = 5", "print(depth())", "print(CONFIG)"),
    ),
    Case(
        name="files written, appended, listed, deleted",
        shared="import os\nfrom pathlib import Path",
        steps=(
            "os.makedirs('out', exist_ok=True)\nPath('out/a.txt').write_text('a')\n"
            "Path('out/b.txt').write_text('b')\nPath('given.txt').write_text('changed')",
            "open('out/a.txt', 'a').write('more')\nos.remove('out/b.txt')\nos.chdir('out')",
            "print(sorted(os.listdir()), Path('a.txt').read_text())\n"
            "print(Path('../given.txt').read_text())",
        ),
    ),
    Case(
        name="an alias that the changing step does not name",
        steps=(
            "a = [1]\nb = {'k': a}",
            "a.append(2)",
            "print(b, b['k'] is a)\nb['k'].append(3)",
            "print(a)",
        ),
    ),
    Case(
        name="names that come and go",
        steps=(
            "x, y = 1, [1]\nfor i in range(3): pass",
            "del x\ny = y + [2]\nif len(y) > 5:\n    i = 'never'",
            "print('x' in dir(), y, i)",
        ),
    ),
    Case(
        name="parameters and shared names that were deleted",
        parameters="n = 1",
        shared="k = [1]",
        steps=(
            "del n, k",
            "def known(name):\n    return name in globals()\nprint(known('n'), known('k'))",
            "try:\n    n\nexcept NameError:\n    n = 5\nprint(n, known('k'))",
        ),
    ),
    Case(
        name="levels and handlers of loggers",
        shared="import logging\nimport sys\nlog = logging.getLogger('mine')\n"
        "log.addFilter(str)\nlogging.getLogger('other').addHandler(logging.StreamHandler(sys.stdout))",
        steps=(
            "logging.basicConfig(stream=sys.stdout, format='%(name)s|%(message)s')\n"
            "log.setLevel('INFO')\nlog.info('a')",
            "log.info('b')\nlog.debug('unseen')\nlogging.getLogger('other').warning('c')",
            "logging.getLogger().handlers.clear()\n"
            "log.addHandler(logging.FileHandler('mine.log'))\nlog.info('to the file')",
            "log.info('to the file, too')\nprint(open('mine.log').read())",
        ),
    ),
    Case(
        name="a log handler that cannot be carried is refused where it is used",
        shared="import logging",
        steps=(
            "class Kept(logging.Handler):\n    def emit(self, record):\n        print(record.msg)\n"
            "logging.getLogger('mine').addHandler(Kept())",
            "print('nothing logged')",
            "logging.getLogger('mine').warning('seen')",
        ),
        others={"c": "refused"},
    ),
    Case(
        name="open figures: carried by their variable, refused without one",
        shared="import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt",
        steps=(
            "fig, ax = plt.subplots()\nplt.title('kept')",
            "print(fig.axes[0].get_title(), plt.gcf() is fig)",
            "plt.close('all')\nplt.plot([1, 2])\nprint(plt.gca().lines)",
            "print(len(plt.gca().lines))",
        ),
        others={"d": "refused"},
    ),
    Case(
        name="a mapped file that is written to, generators in the middle, random draws",
        shared="import numpy as np\nimport random",
        steps=(
            "m = np.memmap('m.bin', mode='w+', shape=3)\nr = np.array(m)\ng = iter([1, 2, 3])\n"
            "next(g)",
            "m[0] = 7",
            "print(next(g), r)",
            "random.random()",
        ),
        others={"b": "refused", "d": "not deterministic"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_same_as_in_one_kernel(case: Case, notebook_file, store_root) -> None:
    cells = [("parameters", case.parameters)] if case.parameters else []
    cells += [("shared", case.shared)] if case.shared else []
    names = "abcde"[: len(case.steps)]
    cells += [(f"step:{n}", source) for n, source in zip(names, case.steps, strict=True)]
    path = notebook_file(cells)
    (path.parent / "given.txt").write_text("given")
    found = verify_notebook(
        RunRequest(notebook=path, engine="local"),
        store=Store(store_root).open(),
        settings=load_settings(),
    )
    steps = [cell for cell in found.cells if cell.step]
    assert {c.step: c.state for c in steps} == dict.fromkeys(names, "same") | case.others, steps
    assert found.same == (not {"refused", "differs"} & set(case.others.values()))
    assert (path.parent / "given.txt").read_text() == "given"
    assert list((store_root / "cache").glob("verify-*")) == []
