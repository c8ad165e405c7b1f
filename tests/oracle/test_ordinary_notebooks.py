"""The oracle: what a pipeline prints is what the notebook prints in one kernel, cell by cell."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store

KERNEL = re.compile(r"ipykernel_\d+")

pytestmark = pytest.mark.kernel


@dataclass(frozen=True, kw_only=True)
class Case:
    """Sources of steps a, b, c …, below a shared cell."""

    name: str
    steps: tuple[str, ...]
    shared: str = ""


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
]


def printed(notebook: Path) -> list[tuple[str, list[str]]]:
    """What each of the notebook's own cells printed, kernel numbers left out."""
    cells = json.loads(notebook.read_text())["cells"]
    return [
        (c["id"], [KERNEL.sub("", "".join(o.get("text", ""))) for o in c["outputs"]])
        for c in cells
        if c["cell_type"] == "code" and c["id"].startswith("c") and c["outputs"]
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_same_as_in_one_kernel(case: Case, notebook_file, store_root, tmp_path) -> None:
    import papermill

    cells = [("shared", case.shared)] if case.shared else []
    cells += [(f"step:{name}", source) for name, source in zip("abcde", case.steps, strict=False)]
    path = notebook_file(cells)
    (path.parent / "given.txt").write_text("given")
    whole = tmp_path / "whole.ipynb"
    folder = tmp_path / "whole"
    folder.mkdir()
    (folder / "given.txt").write_text("given")
    papermill.execute_notebook(str(path), str(whole), cwd=str(folder), progress_bar=False)

    run = run_pipeline(
        RunRequest(notebook=path, engine="local"),
        store=Store(store_root).open(),
        settings=load_settings(),
    )
    assert [(s.step, s.state, s.error) for s in run.steps] == [
        (s.step, "succeeded", None) for s in run.steps
    ]
    assert [cell for s in run.steps for cell in printed(Path(s.notebook))] == printed(whole)
    assert (path.parent / "given.txt").read_text() == "given"
