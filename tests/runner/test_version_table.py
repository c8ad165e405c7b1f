"""The version table: what a step receives, given what the steps before it left."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.model.artifact import FileRef, Group, Refusal
from jupyter_mlops.model.pipeline import Read, Step
from jupyter_mlops.model.run import StepResult
from jupyter_mlops.runner.table import VersionTable, describe_refusal


def group(names: str, digest: str, requires: str = "") -> Group:
    return Group(
        names=tuple(names.split()), digest=digest, size=1, requires=tuple(requires.split())
    )


def refusal(names: str) -> Refusal:
    return Refusal(
        names=tuple(names.split()),
        path=f"{names}.log",
        reason="an open file",
        code="ML602",
        fix="close it",
        step="a",
    )


def step(reads: str = "", *, everything: bool = False, parameters: str = "") -> Step:
    return Step(
        name="s",
        cells=(),
        reads=tuple(Read(name=name, sources=()) for name in reads.split()),
        reads_everything=everything,
        parameters=tuple(parameters.split()),
    )


def left(*items: Group | Refusal | FileRef) -> StepResult:
    return StepResult(
        attempt=1,
        state="succeeded",
        started="",
        ended="",
        groups=tuple(i for i in items if isinstance(i, Group)),
        refused=tuple(i for i in items if isinstance(i, Refusal)),
        files_written=tuple(i for i in items if isinstance(i, FileRef)),
    )


@dataclass(frozen=True)
class Case:
    """``history``: each earlier step with what it left. ``receives``: names=digest, sorted."""

    name: str
    history: tuple[tuple[Step, StepResult], ...]
    asks: Step
    receives: str
    refused: str = ""
    stand_ins: str = ""


FIRST = (step(), left(group("df", "d1"), group("model", "m1"), group("@random", "r1")))
SHARED = (
    (step(), left(group("holder", "h1", "@shared:conf"))),
    (step("conf"), left(group("@shared:conf conf", "c1"))),
    (step(), left(group("conf", "c2"))),
)
CASES = [
    Case("nothing before", (), step("df"), ""),
    Case("what it reads, and facets", (FIRST,), step("df"), "@random=r1 df=d1"),
    Case("no more than that", (FIRST,), step(), "@random=r1"),
    Case("everything", (FIRST,), step(everything=True), "@random=r1 df=d1 model=m1"),
    Case(
        "the last version",
        (FIRST, (step("df"), left(group("df", "d2"), group("@random", "r1")))),
        step("df model"),
        "@random=r1 df=d2 model=m1",
    ),
    Case(
        "a deleted name is gone",
        (FIRST, (step("df"), left(group("@random", "r2")))),
        step("df model"),
        "@random=r2 model=m1",
    ),
    Case(
        "a whole group for one of its names",
        ((step(), left(group("base view", "g1"))),),
        step("view"),
        "base,view=g1",
    ),
    Case(
        "what functions require, to the end",
        ((step(), left(group("f", "f1", "g"), group("g", "g1", "x f"), group("x", "x1"))),),
        step("f"),
        "f=f1 g=g1 x=x1",
    ),
    Case(
        "a name bound anew leaves its old group, which keeps its bytes",
        ((step(), left(group("base view", "g1"))), (step(), left(group("view", "v2")))),
        step("base view"),
        "base=g1 view=v2",
    ),
    Case(
        "groups that grow together",
        (FIRST, (step("df model"), left(group("df model", "b1"), group("@random", "r1")))),
        step("model"),
        "@random=r1 df,model=b1",
    ),
    Case(
        "a parameter that was rebound",
        ((step(), left(group("lr", "l1"))),),
        step(parameters="lr"),
        "lr=l1",
    ),
    Case(
        "a changed shared object, whose name was bound anew, for who refers to it",
        SHARED,
        step("holder"),
        "@shared:conf=c1 holder=h1",
    ),
    Case("a changed shared object is for nobody else", SHARED, step("conf"), "conf=c2"),
    Case(
        "a changed shared object that is refused is so for who refers to it",
        (SHARED[0], (step("conf"), left(refusal("@shared:conf")))),
        step("holder"),
        "holder=h1",
        stand_ins="@shared:conf",
    ),
    Case("a refused name", ((step(), left(refusal("log"))),), step("log"), "", "log"),
    Case("a refused facet", ((step(), left(refusal("@locale"))),), step("df"), "", "@locale"),
    Case("refused but not read", ((step(), left(refusal("log"))),), step("df"), ""),
    Case(
        "refused but not by name",
        ((step(), left(refusal("log"))),),
        step(everything=True),
        "",
        stand_ins="log",
    ),
    Case(
        "refused, read by a function",
        ((step(), left(refusal("log"), group("f", "f1", "log"))),),
        step("f"),
        "f=f1",
        stand_ins="log",
    ),
    Case(
        "refused, read by a function, and deleted by a step that has it",
        (
            (step(), left(refusal("log"), group("f", "f1", "log"))),
            (step("f"), left(group("f", "f1", "log"))),
        ),
        step("f"),
        "f=f1",
    ),
    Case(
        "refused, then bound anew",
        ((step(), left(refusal("log"))), (step(), left(group("log", "l1")))),
        step("log"),
        "log=l1",
    ),
    Case(
        "bound, then refused",
        ((step(), left(group("log", "l1"))), (step("log"), left(refusal("log")))),
        step("log"),
        "",
        "log",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_step_receives_the_versions_that_stand(case: Case) -> None:
    table = VersionTable()
    for earlier, result in case.history:
        table.advance(table.inputs_of(earlier), result)
    inputs = table.inputs_of(case.asks)
    received = " ".join(f"{','.join(g.names)}={g.digest}" for g in inputs.groups)
    refused = " ".join(name for r in inputs.refusals for name in r.names)
    stand_ins = " ".join(name for r in inputs.stand_ins for name in r.names)
    assert (received, refused, stand_ins) == (case.receives, case.refused, case.stand_ins)


def test_the_last_write_of_a_file_stands() -> None:
    table = VersionTable()
    first = left(FileRef(path="b", digest="1"), FileRef(path="a", digest="1"))
    second = left(FileRef(path="b", digest=None))
    for result in (first, second):
        table.advance(table.inputs_of(step()), result)
    assert table.inputs_of(step()).files == (
        FileRef(path="a", digest="1"),
        FileRef(path="b", digest=None),
    )


def test_a_refusal_names_variable_path_producer_and_fix() -> None:
    assert describe_refusal(refusal("model"), "report").splitlines() == [
        "ML602: step 'report' reads model, which step 'a' left and no other step can receive: "
        "model.log is an open file",
        "    fix: close it; or put both into one step",
    ]
