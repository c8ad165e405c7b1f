"""Literals that become parameters, those that must not, and changes that are refused."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from drafts import draft_of

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.legacy.choice import choice_of
from jupyter_mlops.legacy.convert import RULES
from jupyter_mlops.legacy.lift import lift
from jupyter_mlops.legacy.rules.installs import comment_out

FOREST = "from sklearn.ensemble import RandomForestClassifier as Forest"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells, what becomes of them, and the cell of parameters."""

    cells: tuple[str, ...]
    becomes: tuple[str, ...]
    parameters: str
    rules: tuple[str, ...]
    refuse: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()


LIFTED = {
    "an assignment, its comment as help": Case(
        cells=("import os\nn_trees = 200  # trees of the forest\nprint(n_trees)",),
        becomes=("import os\n# n_trees is a parameter\nprint(n_trees)",),
        parameters="n_trees: int = 200  # trees of the forest",
        rules=("lift-size:1",),
    ),
    "each kind": Case(
        cells=(
            "path = 'data/iris.csv'",
            "START = '2015-01-01'",
            "alpha = 1",
            "seed = 3\nMAX_ROWS = 9",
        ),
        becomes=(
            "# path is a parameter",
            "# START is a parameter",
            "# alpha is a parameter",
            "# seed is a parameter\n# MAX_ROWS is a parameter",
        ),
        parameters="path: str = 'data/iris.csv'  # path of a file\n"
        "START: str = '2015-01-01'  # date\n"
        "alpha: float = 1  # alpha\n"
        "MAX_ROWS: int = 9  # MAX ROWS\n"
        "seed: int = 3  # seed of random numbers",
        rules=("lift-path:1", "lift-date:2", "lift-setting:3", "lift-size:4", "lift-seed:4"),
    ),
    "arguments; one parameter for one value": Case(
        cells=(
            FOREST,
            "a = Forest(n_estimators=9, random_state=1, n_jobs=2)\n"
            "%time b = Forest(random_state=1, n_estimators=8)",
        ),
        becomes=(
            FOREST,
            "a = Forest(n_estimators=n_estimators, random_state=random_state, n_jobs=2)\n"
            "%time b = Forest(random_state=random_state, n_estimators=n_estimators_2)",
        ),
        parameters="n_estimators: int = 9  # n_estimators of Forest\n"
        "n_estimators_2: int = 8  # n_estimators of Forest\n"
        "random_state: int = 1  # random_state of Forest",
        rules=("lift-size:2", "lift-seed:2"),
    ),
    "a new name disturbs none of the notebook's": Case(
        cells=("import random\nrandom.seed(4)", "def seed(): ...\nseed_2 = [1]"),
        becomes=("import random\nrandom.seed(seed_3)", "def seed(): ...\nseed_2 = [1]"),
        parameters="seed_3: int = 4  # seed of random numbers",
        rules=("lift-seed:1",),
    ),
    "a file that is read": Case(
        cells=("import pandas as pd\ndf = pd.read_csv('data/iris.csv', sep=';')",),
        becomes=("import pandas as pd\ndf = pd.read_csv(iris_file, sep=';')",),
        parameters="iris_file: str = 'data/iris.csv'  # path of a file",
        rules=("lift-path:1",),
    ),
    "what is not refused": Case(
        cells=("seed = 3", "n_rows = 5", "n_columns = 6"),
        becomes=("seed = 3", "n_rows = 5", "# n_columns is a parameter"),
        parameters="n_columns: int = 6  # n columns",
        rules=("lift-size:3",),
        refuse=("lift-seed", "lift-size"),
        accept=("lift-size:3",),
    ),
}


@pytest.mark.parametrize("name", LIFTED)
def test_literals_become_parameters(name: str) -> None:
    case = LIFTED[name]
    draft = lift(draft_of(*case.cells), choice_of(case.accept, case.refuse, RULES))
    assert [cell.source for cell in draft.cells] == [case.parameters, *case.becomes]
    assert draft.cells[0].metadata == {"tags": ["parameters"]}
    made = [f"{patch.rule}:{patch.cell}" for patch in draft.patches]
    assert made == [*case.rules, "parameters:0"]
    assert {patch.confidence for patch in draft.patches} == {1.0}


KEPT = {
    "bound twice": ("n_rows = 5", "n_rows += 1"),
    "bound again in a function": ("n_rows = 5", "def f():\n    global n_rows\n    n_rows = 6"),
    "deleted": ("n_rows = 5", "del n_rows"),
    "read above": ("try:\n    n_rows\nexcept NameError:\n    pass", "n_rows = 5"),
    "read above, by a function": ("def f():\n    return n_rows", "n_rows = 5"),
    "read above in its cell": ("print([n_rows for _ in ()])\nn_rows = 5",),
    "not at the top": ("if True:\n    n_rows = 5",),
    "hides a name of Python's": ("max_size = 1\nmax_size = 2", "max = 3"),
    "no name that says what it is": ("x = 5\nresult = 0.5\nname = 'Ada'",),
    "its cell would show something": ("len('abc')\nn_rows = 5",),
    "a name may be bound unseen": ("n_rows = 5", "from pylab import *"),
    "any name may be read": ("n_rows = 5", "print(globals())"),
    "a cell is no Python": ("n_rows = 5", "this is no Python"),
    "within a function": (FOREST, "def f():\n    return Forest(random_state=1)"),
    "within a comprehension": (FOREST, "[Forest(random_state=1) for _ in range(2)]"),
    "a default": (FOREST, "def f(model=Forest(random_state=1)): ..."),
    "of what has other meanings": ("import pylab as p", "p.plot([1], alpha=0.5, degree=3)"),
    "a file that is written": ("open('a.txt', 'w').close()", "print(open('a.txt').read())"),
    "a cell of another language": ("%%bash\nn_rows=5",),
    "timed": ("%%timeit\nn_rows = 5",),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_could_come_out_otherwise_stays(name: str) -> None:
    draft = draft_of(*KEPT[name])
    assert lift(draft, choice_of((), (), RULES)) == draft


def test_parameters_that_are_there_stay() -> None:
    draft = draft_of("n_rows = 5", "seed = 3")
    tagged = replace(draft.cells[0], metadata={"tags": ["parameters"]})
    draft = replace(draft, cells=(tagged, *draft.cells[1:]))
    assert lift(draft, choice_of((), (), RULES)) == draft


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Pieces, and the cells of ``!pip`` lines that are changed all the same."""

    changed: tuple[int, ...]
    refuse: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()


REFUSALS = [
    Refusal(changed=(1, 2)),
    Refusal(refuse=("installs",), changed=()),
    Refusal(refuse=("installs:2",), changed=(1,)),
    Refusal(refuse=("installs",), accept=("installs:2",), changed=(2,)),
    Refusal(refuse=("all",), accept=("installs",), changed=(1, 2)),
    Refusal(refuse=("all", "installs:1"), accept=("installs",), changed=(2,)),
    Refusal(refuse=("order", "installs:3"), changed=(1, 2)),
]


@pytest.mark.parametrize("case", REFUSALS)
def test_changes_are_refused_piece_by_piece(case: Refusal) -> None:
    before = draft_of("!pip install six", "%pip install attrs")
    kept = choice_of(case.accept, case.refuse, RULES).kept(before, comment_out(before))
    assert tuple(patch.cell for patch in kept.patches) == case.changed
    changed = [n for n, cell in enumerate(kept.cells, 1) if cell.source.startswith("#")]
    assert tuple(changed) == case.changed


@pytest.mark.parametrize("piece", ["mvoed", "moved:", "moved:a", "format", "kernel:0", ""])
def test_a_piece_that_is_none(piece: str) -> None:
    with pytest.raises(MlopsError):
        choice_of((), (piece,), RULES)
