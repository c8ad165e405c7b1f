from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from carrying import Case, Zygote, digests, observed, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a second step does, and what becomes of the groups that the first one left.

    Attributes:
        name: what the case is about.
        first, second: the steps' cells.
        reads, live: what the second step restores, and what it captures; None for everything.
        shared: a shared cell.
        groups: comma-joined names → step that produced the version, after the second step.
        changed, unchanged: as observed in the second step.
    """

    name: str
    first: str
    second: str
    groups: dict[str, str]
    changed: list[str]
    unchanged: list[str]
    reads: tuple[str, ...] | None = None
    live: tuple[str, ...] | None = None
    shared: str = ""


EFFECTS = (
    Effect(
        name="a step that only reads changes nothing",
        first="import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]}); xs = [df]\n"
        "def f(): return len(df)\nclass C: pass\nc = C()",
        second="df.sum(); df.describe(); f(); repr(c); xs[0].head().copy()['a'] = 0",
        groups={"C,c": "A", "df,xs": "A", "f": "A", "pd": "A"},
        changed=[],
        unchanged=["C", "c", "df", "f", "pd", "xs"],
    ),
    Effect(
        name="showing an instance of a dataclass does not change its class",
        first="from dataclasses import dataclass\nfrom reprlib import recursive_repr\n"
        "@dataclass\nclass D:\n    a: int\nclass R:\n"
        "    @recursive_repr()\n    def __repr__(self): return 'R()'\nd = D(1); r = R()",
        second="for _ in range(9): repr(d), repr(r)",
        reads=("d", "r"),
        groups={"D,d": "A", "R,r": "A", "dataclass": "A", "recursive_repr": "A"},
        changed=[],
        unchanged=["D", "R", "d", "r"],
    ),
    Effect(
        name="only what was touched gets a new version",
        first="a = [1]; b = [2]; n = 1",
        second="a.append(1)",
        groups={"a": "B", "b": "A", "n": "A"},
        changed=["a"],
        unchanged=["b", "n"],
    ),
    Effect(
        name="rebinding to an equal value is no change",
        first="a = [1]; n = 1",
        second="a = [1]; n = 2 - 1",
        groups={"a": "A", "n": "A"},
        changed=[],
        unchanged=["a", "n"],
    ),
    Effect(
        name="a change over an alias changes the group",
        first="a = [1]; b = {'a': a}",
        second="b['a'].append(2)",
        groups={"a,b": "B"},
        changed=["a", "b"],
        unchanged=[],
    ),
    Effect(
        name="a new alias joins the group",
        first="a = [1]",
        second="b = a",
        groups={"a,b": "B"},
        changed=["a", "b"],
        unchanged=[],
    ),
    Effect(
        name="an alias that parts leaves its group",
        first="a = b = [1]",
        second="b = [1]",
        groups={"a": "B", "b": "B"},
        changed=["a", "b"],
        unchanged=[],
    ),
    Effect(
        name="a deleted name leaves the table",
        first="a = b = [1]; c = 1",
        second="del a, c",
        groups={"b": "B"},
        changed=["a", "b", "c"],
        unchanged=[],
    ),
    Effect(
        name="groups that the step did not load stay",
        first="a = [1]; b = a; c = 1",
        second="d = 2",
        reads=(),
        live=("d",),
        groups={"a,b": "A", "c": "A", "d": "B"},
        changed=["d"],
        unchanged=[],
    ),
    Effect(
        name="a name bound anew leaves a group that was not loaded",
        first="a = [1]; b = a",
        second="a = 5",
        reads=(),
        live=("a",),
        groups={"a": "B", "b": "A"},
        changed=["a"],
        unchanged=[],
    ),
    Effect(
        name="what no later step reads is not stored",
        first="a = [1]; b = [2]",
        second="a.append(1); b.append(2); c = 3",
        live=("a",),
        groups={"a": "B"},
        changed=["a", "b"],
        unchanged=[],
    ),
    Effect(
        name="what was loaded for nothing and not touched stays",
        first="a = [1]; b = [2]",
        second="a.append(1)",
        live=("a",),
        groups={"a": "B", "b": "A"},
        changed=["a"],
        unchanged=["b"],
    ),
    Effect(
        name="what a carried function reads is carried",
        first="k = 1",
        second="w = [1]\nclass C:\n    def m(self): return [w for _ in range(2)]\nx = C()",
        reads=(),
        live=("x",),
        groups={"k": "A", "w": "B", "x": "B"},
        changed=["w", "x"],
        unchanged=[],
    ),
    Effect(
        name="shared names are no groups until they change",
        shared="k = 1\nconfig = {}\nclass C: pass",
        first="x = C(); y = [config]",
        second="config['a'] = 1; k = 1",
        groups={"@shared:config,config,y": "B", "x": "A"},
        changed=["config", "y"],
        unchanged=["x"],
    ),
    Effect(
        name="everything is all but the kernel's own names",
        first="_hidden = 1; x = 2; _ = 3; In = []; __ = 4",
        second="pass",
        groups={"_hidden": "A", "x": "A"},
        changed=[],
        unchanged=["_hidden", "x"],
    ),
    Effect(
        name="a generator that was seeded is a group, one that was only drawn from is none",
        first="import random, numpy as np\nx = [random.random() for _ in range(5000)]\n"
        "random.seed(1)\n"
        "y = np.random.rand(5000)",
        second="np.random.seed(0)",
        groups={"@numpy.random": "B", "@random": "A", "np": "A", "random": "A", "x": "A", "y": "A"},
        changed=["@numpy.random"],
        unchanged=["@random", "np", "random", "x", "y"],
    ),
)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_the_table_after_a_step(effect: Effect, zygote: Zygote, tmp_path: Path) -> None:
    case = Case(name="", steps=(effect.first, effect.second), last="", shared=effect.shared)
    first = zygote.stage(case, 0, tmp_path)
    before = digests(tmp_path)
    second = zygote.stage(case, 1, tmp_path, names=effect.reads, live=effect.live)
    assert (first.error, second.error) == (None, None)

    table = read_table(tmp_path)
    assert {",".join(group["names"]): group["step"] for group in table["groups"]} == effect.groups
    seen = observed(tmp_path)
    assert (seen["changed"], seen["unchanged"]) == (effect.changed, effect.unchanged)
    after = digests(tmp_path)
    kept = {names for names, step in effect.groups.items() if step == "A"}
    assert {n: after[n] for n in kept & set(before)} == {n: before[n] for n in kept & set(before)}


REQUIRES = (
    Effect(
        name="",
        shared="import math\nfactor = 2\ndef helper(): return limit * factor\n"
        "class Model:\n    def run(self): return helper()",
        first="limit = 3\ndef f(): return Model().run() + unbound_yet + len([])\nm = Model()",
        second="",
        groups={
            "f": "Model,factor,helper,limit,unbound_yet",
            "limit": "",
            "m": "@shared:Model,factor,helper,limit",
        },
        changed=[],
        unchanged=[],
    ),
)


@pytest.mark.parametrize("effect", REQUIRES)
def test_groups_name_the_globals_that_their_functions_read(
    effect: Effect, zygote: Zygote, tmp_path: Path
) -> None:
    case = Case(name="", steps=(effect.first,), last="", shared=effect.shared)
    assert zygote.stage(case, 0, tmp_path).error is None
    groups = read_table(tmp_path)["groups"]
    assert {",".join(g["names"]): ",".join(g["requires"]) for g in groups} == effect.groups


DETERMINISTIC = """\
import functools
from dataclasses import dataclass
from enum import Enum
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
df = pd.DataFrame({'n': np.arange(50) % 7, 's': ['a', 'b'] * 25})
df['c'] = pd.Categorical(['x', 'y'] * 25)
grouped = df.groupby('s', observed=True)['n'].mean()
array = np.linspace(0, 1, 100).reshape(10, 10); view = array[2:, ::2]
model = LogisticRegression().fit(df[['n']], df['s'])
def f(x, *, k=[1]):
    'Doc.'
    return [x * y for y in k]
@functools.lru_cache
def g(x): return lambda y: x + y + len(words)
closure = g(2)
class Base:
    n = 0
    def m(self): return __class__
class C(Base):
    __slots__ = ('a', 'b')
    def __init__(self): super().__init__(); self.a = {'x', 'y', 'zz'}
@dataclass
class D:
    x: int = 1
class E(Enum):
    A = 1
c = C(); d = D(); e = E.A
words = {'alpha', 'beta', 'gamma'}
"""


def test_the_same_state_has_the_same_digests_in_two_processes(tmp_path: Path) -> None:
    case = Case(name="", steps=(DETERMINISTIC,), last="")
    found = []
    for name in ("one", "two"):
        process = Zygote()
        assert process.stage(case, 0, tmp_path / name).error is None
        process.close()
        found.append(digests(tmp_path / name))
    assert found[0] == found[1]
    assert len(found[0]) > 10
