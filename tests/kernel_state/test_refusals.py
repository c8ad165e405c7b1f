from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from carrying import Case, Zygote, read_table

from jupyter_mlops.kernel_state.codes import fix_for


@dataclass(frozen=True, slots=True)
class Uncarried:
    """A cell, the refused variable, and where in it stands what, and the code."""

    cell: str
    name: str
    path: str
    reason: str
    code: str


UNCARRIED = (
    Uncarried("g = (i for i in range(3))", "g", "g", "a generator", "ML601"),
    Uncarried("f = open('a.txt', 'w')", "f", "f", "an open file", "ML602"),
    Uncarried("f = open('a.txt', 'w')\nf.close()", "f", "f", "a closed file", "ML602"),
    Uncarried(
        "class M: pass\nmodel = M()\nmodel.log = open('a.txt', 'wb')",
        "model",
        "model.log",
        "an open file",
        "ML602",
    ),
    Uncarried(
        "d = {'parts': [1, {'gen': (i for i in ())}]}",
        "d",
        "d['parts'][1]['gen']",
        "a generator",
        "ML601",
    ),
    Uncarried("import threading\nt = (0, threading.Lock())", "t", "t[1]", "a lock", "ML604"),
    Uncarried(
        "import threading\nw = threading.Thread(target=print)", "w", "w", "a thread", "ML604"
    ),
    Uncarried("import socket\ns = socket.socket()", "s", "s", "a socket", "ML603"),
    Uncarried(
        "import sqlite3\ndb = {'c': sqlite3.connect(':memory:')}",
        "db",
        "db['c']",
        "a database connection",
        "ML603",
    ),
    Uncarried(
        "import sqlite3\ncur = sqlite3.connect(':memory:').cursor()",
        "cur",
        "cur",
        "a database cursor",
        "ML603",
    ),
    Uncarried(
        "import weakref\nclass C: pass\nc = C()\nr = weakref.ref(c)",
        "r",
        "r",
        "a weak reference",
        "ML605",
    ),
    Uncarried(
        "import numpy as np\nm = {'w': np.memmap('m.bin', mode='w+', shape=3)[1:]}",
        "m",
        "m['w']",
        "a memory-mapped file that can be written to",
        "ML606",
    ),
    Uncarried("m = memoryview(b'abc')", "m", "m", "a memory view", "ML605"),
    Uncarried(
        "def make():\n    log = open('a.txt', 'w')\n"
        "    def f(): return log\n    return f\nf = make()",
        "f",
        "f.<closure log>",
        "an open file",
        "ML602",
    ),
    Uncarried(
        "import threading\ndef f(x, lock=threading.RLock()): pass",
        "f",
        "f.__defaults__[0]",
        "a lock",
        "ML604",
    ),
    Uncarried(
        "class C:\n    log = open('a.txt', 'w')\nc = C()", "C", "C.log", "an open file", "ML602"
    ),
    Uncarried(
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)",
        "pool",
        "pool",
        "a pool of workers",
        "ML604",
    ),
    Uncarried("import asyncio\nasync def f(): pass\nco = f()", "co", "co", "a coroutine", "ML601"),
    Uncarried(
        "class Odd:\n    def __reduce__(self): raise TypeError('never')\nxs = [Odd()]",
        "xs",
        "xs[0]",
        "an object of Odd that cannot be pickled (never)",
        "ML607",
    ),
    Uncarried(
        "import numpy as np\no = np.array([1, (i for i in ())], dtype=object)",
        "o",
        "o.flat[1]",
        "a generator",
        "ML601",
    ),
)


@pytest.mark.parametrize("case", UNCARRIED, ids=lambda case: f"{case.path} {case.reason}")
def test_what_cannot_be_carried_is_named_when_it_is_asked_for(
    case: Uncarried, zygote: Zygote, tmp_path: Path
) -> None:
    steps = Case(name="", steps=(f"fine = 1\n{case.cell}", "print(fine)"), last="")
    assert zygote.stage(steps, 0, tmp_path).error is None
    refusals = {tuple(r["names"]): r for r in read_table(tmp_path)["refused"]}
    assert refusals[(case.name,)] == {
        "names": [case.name],
        "path": case.path,
        "reason": case.reason,
        "code": case.code,
        "fix": fix_for(case.code, case.path),
        "step": "A",
    }

    later = zygote.stage(steps, 1, tmp_path, names=("fine",))
    assert (later.outputs, later.error) == (["1\n"], None)
    asked = zygote.stage(steps, 1, tmp_path, names=("fine", case.name))
    assert asked.error is not None
    assert (asked.error["kind"], asked.error["message"]) == (
        "Refused",
        f"{case.code}: {case.name!r} cannot be carried over from step 'A': "
        f"{case.path} is {case.reason}\n    fix: {fix_for(case.code, case.path)}",
    )


def test_a_refused_name_bound_to_something_fine_is_refused_no_more(
    zygote: Zygote, tmp_path: Path
) -> None:
    case = Case(name="", steps=("f = open('a.txt', 'w')", "f = 5", "print(f)"), last="5\n")
    outcomes = [zygote.stage(case, number, tmp_path, names=("f",)) for number in (0,)]
    assert [r["names"] for r in read_table(tmp_path)["refused"]] == [["f"]]
    outcomes.append(zygote.stage(case, 1, tmp_path, names=()))
    assert read_table(tmp_path)["refused"] == []
    assert [outcome.error for outcome in outcomes] == [None, None]


def test_a_variable_next_to_a_refused_one_is_carried(zygote: Zygote, tmp_path: Path) -> None:
    case = Case(
        name="",
        steps=("xs = [1]\nbox = [xs, (i for i in xs)]", "xs.append(2); print(xs)"),
        last="",
    )
    outcomes = zygote.stages(case, tmp_path)
    assert [outcome.outputs for outcome in outcomes] == [[""], ["[1, 2]\n"]]
    assert [r["path"] for r in read_table(tmp_path)["refused"]] == ["box[1]"]
