"""The data flow that is shown: notebook cells, and all that is said of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.compiler import analyse_notebook, compile_notebook
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.dataflow import (
    DataFlow,
    Edge,
    Effect,
    FileRead,
    FileWrite,
    NameRead,
    NameWrite,
    Outside,
    StepFlow,
)


def reads(name: str, *sources: str, outside: Outside | None = None) -> NameRead:
    return NameRead(name=name, sources=sources, outside=outside)


def writes(name: str, effect: Effect = "bound", *, carried: bool = True) -> NameWrite:
    return NameWrite(name=name, effect=effect, carried=carried)


def edge(source: str, target: str, *variables: str, **more: object) -> Edge:
    return Edge(source=source, target=target, variables=variables, **more)  # type: ignore[arg-type]


MAY_WRITE_OUT = (FileWrite(path="out.csv", effect="may be written"),)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Cells of steps a, b, c …, and the whole flow."""

    name: str
    steps: tuple[str, ...]
    flow: tuple[StepFlow, ...]
    edges: tuple[Edge, ...] = ()
    shared: str = ""
    parameters: str = ""


CASES = [
    Case(
        name="a chain",
        steps=("x = 1", "y = x", "print(y)"),
        flow=(
            StepFlow(step="a", writes=(writes("x"),)),
            StepFlow(step="b", reads=(reads("x", "a"),), writes=(writes("y"),), unchanged=("x",)),
            StepFlow(step="c", reads=(reads("y", "b"),), unchanged=("y",)),
        ),
        edges=(edge("a", "b", "x"), edge("b", "c", "y")),
    ),
    Case(
        name="changed in place between: from the last that may have changed it",
        steps=("x = []", "x.append(1)", "print(x)"),
        flow=(
            StepFlow(step="a", writes=(writes("x"),)),
            StepFlow(step="b", reads=(reads("x", "a"),), writes=(writes("x", "may be changed"),)),
            StepFlow(step="c", reads=(reads("x", "b"),), unchanged=("x",)),
        ),
        edges=(edge("a", "b", "x"), edge("b", "c", "x")),
    ),
    Case(
        name="bound anew for certain hides what was before",
        steps=("x = 1", "x = 2", "print(x)"),
        flow=(
            StepFlow(step="a", writes=(writes("x", carried=False),)),
            StepFlow(step="b", writes=(writes("x"),)),
            StepFlow(step="c", reads=(reads("x", "b"),), unchanged=("x",)),
        ),
        edges=(edge("b", "c", "x"),),
    ),
    Case(
        name="bound in a branch: from that step or the one before",
        steps=("x = 1", "if 1:\n    x = 2", "print(x)"),
        flow=(
            StepFlow(step="a", writes=(writes("x"),)),
            StepFlow(step="b", writes=(writes("x", "may be bound"),)),
            StepFlow(step="c", reads=(reads("x", "a", "b"),), unchanged=("x",)),
        ),
        edges=(edge("a", "c", "x"), edge("b", "c", "x")),
    ),
    Case(
        name="only looked at, and not needed later",
        steps=("df = 1; tmp = 2", "df.head()", "print(df)"),
        flow=(
            StepFlow(step="a", writes=(writes("df"), writes("tmp", carried=False))),
            StepFlow(step="b", reads=(reads("df", "a"),), unchanged=("df",)),
            StepFlow(step="c", reads=(reads("df", "a"),), unchanged=("df",)),
        ),
        edges=(edge("a", "b", "df"), edge("a", "c", "df")),
    ),
    Case(
        name="deleted",
        steps=("x = 1", "del x", "x = 3"),
        flow=(
            StepFlow(step="a", writes=(writes("x"),)),
            StepFlow(
                step="b",
                reads=(reads("x", "a"),),
                writes=(writes("x", "may be deleted", carried=False),),
            ),
            StepFlow(step="c", writes=(writes("x", carried=False),)),
        ),
        edges=(edge("a", "b", "x"),),
    ),
    Case(
        name="parameters and shared names, until a step changes them",
        parameters="lr = 0.1",
        shared="import math\nsettings = {}",
        steps=(
            "print(lr, math.pi)",
            "settings['a'] = lr",
            "if lr:\n    lr = 2",
            "print(settings, lr)",
        ),
        flow=(
            StepFlow(step="a", reads=(reads("lr", outside="parameters"),), unchanged=("lr",)),
            StepFlow(
                step="b",
                reads=(reads("lr", outside="parameters"), reads("settings", outside="shared")),
                writes=(writes("settings", "may be changed"),),
                unchanged=("lr",),
            ),
            StepFlow(
                step="c",
                reads=(reads("lr", outside="parameters"),),
                writes=(writes("lr", "may be bound"),),
            ),
            StepFlow(
                step="d",
                reads=(reads("lr", "c"), reads("settings", "b")),
                unchanged=("lr", "settings"),
            ),
        ),
        edges=(edge("b", "d", "settings"), edge("c", "d", "lr")),
    ),
    Case(
        name="a shared name bound in a branch without being read",
        shared="mode = 'a'",
        steps=("if 1:\n    mode = 'b'", "print(mode)"),
        flow=(
            StepFlow(step="a", writes=(writes("mode", "may be bound"),)),
            StepFlow(step="b", reads=(reads("mode", "a", outside="shared"),), unchanged=("mode",)),
        ),
        edges=(edge("a", "b", "mode"),),
    ),
    Case(
        name="a function brings what it reads, and changes what it writes",
        steps=("n = 0\ndef bump():\n    global n\n    n += 1", "bump()", "print(n)"),
        flow=(
            StepFlow(step="a", writes=(writes("bump"), writes("n"))),
            StepFlow(
                step="b",
                reads=(reads("bump", "a"), reads("n", "a")),
                writes=(writes("n", "may be bound"),),
                unchanged=("bump",),
            ),
            StepFlow(step="c", reads=(reads("n", "b"),), unchanged=("n",)),
        ),
        edges=(edge("a", "b", "bump", "n"), edge("b", "c", "n")),
    ),
    Case(
        name="files",
        steps=(
            "df = read_csv('in.csv')\ndf.to_csv('out.csv')",
            "read_csv('out.csv')",
            "open('out.csv', 'a').write('x')",
            "open('out.csv', 'w').close()",
            "name = 'out.csv'",
        ),
        shared="from pandas import read_csv",
        flow=(
            StepFlow(
                step="a",
                writes=(writes("df", carried=False),),
                files_read=(FileRead(path="in.csv"),),
                files_written=MAY_WRITE_OUT,
            ),
            StepFlow(step="b", files_read=(FileRead(path="out.csv", sources=("a",)),)),
            StepFlow(
                step="c",
                files_read=(FileRead(path="out.csv", sources=("a",)),),
                files_written=MAY_WRITE_OUT,
            ),
            StepFlow(step="d", files_written=MAY_WRITE_OUT),
            StepFlow(
                step="e",
                writes=(writes("name", carried=False),),
                files_read=(FileRead(path="out.csv", sources=("d",)),),
            ),
        ),
        edges=(
            edge("a", "b", files=("out.csv",)),
            edge("a", "c", files=("out.csv",)),
            edge("d", "e", files=("out.csv",)),
        ),
    ),
    Case(
        name="one path read and another written in one expression",
        shared="from pandas import read_csv",
        steps=("read_csv('in.csv').to_csv('out.csv')",),
        flow=(
            StepFlow(step="a", files_read=(FileRead(path="in.csv"),), files_written=MAY_WRITE_OUT),
        ),
    ),
    Case(
        name="everything, as such",
        steps=("x = 1", "y = 2", "exec('x = y')", "z = x", "eval('z')"),
        flow=(
            StepFlow(step="a", writes=(writes("x"),)),
            StepFlow(step="b", writes=(writes("y"),)),
            StepFlow(step="c", everything=True),
            StepFlow(step="d", reads=(reads("x", "c"),), writes=(writes("z"),), unchanged=("x",)),
            StepFlow(step="e", everything=True),
        ),
        edges=(
            edge("a", "c", everything=True),
            edge("b", "c", everything=True),
            edge("c", "d", "x"),
            edge("c", "e", everything=True),
            edge("d", "e", everything=True),
        ),
    ),
    Case(
        name="bound by text only",
        steps=("exec('x = 1')", "print(x)"),
        flow=(
            StepFlow(step="a", everything=True),
            StepFlow(step="b", reads=(reads("x", "a"),), unchanged=("x",)),
        ),
        edges=(edge("a", "b", "x"),),
    ),
    Case(
        name="bound by a star import only",
        steps=("from math import *", "print(sin(1))"),
        flow=(
            StepFlow(step="a"),
            StepFlow(step="b", reads=(reads("sin", "a"),), unchanged=("sin",)),
        ),
        edges=(edge("a", "b", "sin"),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_possible_flow(case: Case, make_notebook) -> None:
    cells = [("parameters", case.parameters), ("shared", case.shared)]
    cells += [(f"step:{chr(97 + n)}", source) for n, source in enumerate(case.steps)]
    notebook = make_notebook(tuple(cells))
    found = analyse_notebook(notebook).flow
    assert found == DataFlow(basis="possible", steps=case.flow, edges=case.edges)
    assert compile_notebook(notebook).flow == found
    assert from_json(DataFlow, to_json(found)) == found


def test_the_flow_is_shown_while_the_notebook_has_errors(make_notebook) -> None:
    notebook = make_notebook(
        (("step:a", "x = 1"), ("step:b", "print(x, missing)"), ("", "half a line ("))
    )
    analysis = analyse_notebook(notebook)
    assert [d.code for d in analysis.diagnostics] == ["ML501"]
    assert analysis.flow.edges == (edge("a", "b", "x"),)
