from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from jupyter_mlops.compiler import compile_notebook

Reads = dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells of steps a, b, c …, and per step: names read (→ steps they may come from)."""

    name: str
    steps: tuple[str, ...]
    reads: Reads
    shared: str = ""
    parameters: str = ""
    depends: dict[str, tuple[str, ...]] = field(default_factory=dict)


CASES = [
    Case(
        name="chain",
        steps=("x = 1", "y = x", "print(y)"),
        reads={"b": {"x": ("a",)}, "c": {"y": ("b",)}},
    ),
    Case(
        name="certain rebinding hides",
        steps=("x = 1", "x = 2", "print(x)"),
        reads={"c": {"x": ("b",)}},
    ),
    Case(
        name="conditional rebinding does not",
        steps=("x = 1", "if 1:\n    x = 2", "print(x)"),
        reads={"c": {"x": ("a", "b")}},
    ),
    Case(
        name="both branches bind",
        steps=("x = 1", "if 1:\n    x = 2\nelse:\n    x = 3", "print(x)"),
        reads={"c": {"x": ("b",)}},
    ),
    Case(
        name="mutation in the middle",
        steps=("x = []", "x.append(1)", "print(x)"),
        reads={"b": {"x": ("a",)}, "c": {"x": ("b",)}},
        depends={"b": ("a",), "c": ("b",)},
    ),
    Case(
        name="looking is not changing",
        steps=("df = 1", "df.head()", "print(df)"),
        reads={"b": {"df": ("a",)}, "c": {"df": ("a",)}},
        depends={"c": ("a",)},
    ),
    Case(
        name="item and attribute assignment",
        steps=("d = {}\ne = d", "d['k'] = 1\ne.f = 2", "print(d, e)"),
        reads={"b": {"d": ("a",), "e": ("a",)}, "c": {"d": ("b",), "e": ("b",)}},
    ),
    Case(
        name="globals of a carried function",
        steps=("k = 2\ndef f(v):\n    return v * k", "y = f(1)"),
        reads={"b": {"f": ("a",), "k": ("a",)}},
    ),
    Case(
        name="globals of bodies that the step itself defines",
        steps=(
            "k = 1\nm = 2\nn = 3",
            "def f():\n    return [k for _ in range(2)]\nprint(f())",
            "print(list(map(lambda v: v * m, [1])))",
            "class A:\n    def get(self):\n        return n\nprint(A().get())",
            "k = 4\ndef g():\n    return k\nprint(g())",
        ),
        reads={"b": {"k": ("a",)}, "c": {"m": ("a",)}, "d": {"n": ("a",)}},
    ),
    Case(
        name="globals of a function through a partial and a decorator",
        steps=(
            "from functools import partial\nk = 2\ndef f(v):\n    return v * k\ng = partial(f, 1)",
            "y = g()",
        ),
        reads={"b": {"g": ("a",), "k": ("a",)}},
    ),
    Case(
        name="a function that writes a global",
        steps=("n = 0\ndef bump():\n    global n\n    n += 1", "bump()", "print(n)"),
        reads={"b": {"bump": ("a",), "n": ("a",)}, "c": {"n": ("b",)}},
    ),
    Case(
        name="methods",
        steps=("k = 1\nclass A:\n    def m(self):\n        return k", "A().m()"),
        reads={"b": {"A": ("a",), "k": ("a",)}},
    ),
    Case(
        name="comprehension variables stay inside",
        steps=("i = 1\nxs = [1]", "ys = [i for i in xs]"),
        reads={"b": {"xs": ("a",)}},
    ),
    Case(
        name="loop variables are bound before the body",
        steps=("i = 1\nxs = [1]", "for i in xs:\n    print(i)"),
        reads={"b": {"xs": ("a",)}},
    ),
    Case(
        name="augmented assignment reads",
        steps=("x = 1", "x += 1", "print(x)"),
        reads={"b": {"x": ("a",)}, "c": {"x": ("b",)}},
    ),
    Case(
        name="query string",
        steps=("df = 1\nlow = 2", "df.query('a > @low')"),
        reads={"b": {"df": ("a",), "low": ("a",)}},
    ),
    Case(
        name="shell line",
        steps=("path = 'x'\nn = 1", "files = !ls {path} $n"),
        reads={"b": {"n": ("a",), "path": ("a",)}},
    ),
    Case(
        name="timed line and cell",
        steps=("x = 1", "%time y = x", "%%time\nz = y"),
        reads={"b": {"x": ("a",)}, "c": {"y": ("b",)}},
    ),
    Case(
        name="parameters and shared names",
        parameters="lr = 0.1",
        shared="import math\nK = 1\ndef f(x):\n    return x * K",
        steps=("y = f(lr) + math.pi", "print(y, lr)"),
        reads={"a": {"K": (), "f": (), "lr": ()}, "b": {"lr": (), "y": ("a",)}},
    ),
    Case(
        name="independent branches",
        steps=("x = 1", "m = x", "n = x", "print(m, n)"),
        reads={
            "b": {"x": ("a",)},
            "c": {"x": ("a",)},
            "d": {"m": ("b",), "n": ("c",)},
        },
        depends={"b": ("a",), "c": ("a",), "d": ("b", "c")},
    ),
    Case(
        name="a file written and read",
        steps=("open('out/x.csv', 'w')", "y = open('out/x.csv').read()", "z = 1"),
        reads={},
        depends={"b": ("a",), "c": ()},
    ),
    Case(
        name="a file that both read",
        steps=("x = open('in/x.csv').read()", "y = open('in/x.csv').read()"),
        reads={},
        depends={"b": ()},
    ),
    Case(
        name="exec may bind anything",
        steps=("exec('x = 1')", "y = 1"),
        reads={},
        depends={"b": ("a",)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_reads(case: Case, make_notebook) -> None:
    outside = ((("shared", case.shared),) if case.shared else ()) + (
        (("parameters", case.parameters),) if case.parameters else ()
    )
    cells = outside + tuple((f"step:{n}", s) for n, s in zip("abcde", case.steps, strict=False))
    steps = compile_notebook(make_notebook(cells)).pipeline.steps
    assert {s.name: {r.name: r.sources for r in s.reads} for s in steps if s.reads} == case.reads
    got = {s.name: s.depends for s in steps}
    assert {name: got[name] for name in case.depends} == case.depends


LIVE = [
    (("x = 1\ny = 2", "print(x)", "x = 3"), {"a": ("x",), "b": (), "c": ()}),
    (("x = 1", "y = 2", "print(x, y)"), {"a": ("x",), "b": ("y",), "c": ()}),
    (("def f():\n    return g", "g = 1", "f()"), {"a": ("f",), "b": ("g",), "c": ()}),
]


@pytest.mark.parametrize(("steps", "expected"), LIVE)
def test_live_names(steps, expected, make_notebook) -> None:
    cells = tuple((f"step:{n}", s) for n, s in zip("abc", steps, strict=True))
    got = compile_notebook(make_notebook(cells)).pipeline.steps
    assert {s.name: s.live for s in got} == expected


def test_everything_is_live_before_a_dynamic_read(make_notebook) -> None:
    cells = (("step:a", "x = 1"), ("step:b", "print(eval('x'))"))
    a, b = compile_notebook(make_notebook(cells)).pipeline.steps
    assert (a.live_everything, a.reads_everything) == (True, False)
    assert (b.live_everything, b.reads_everything) == (False, True)
