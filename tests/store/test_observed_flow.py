"""A run's step reports, and the whole data flow that they show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from catalog_samples import run_named

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.dataflow import (
    DataFlow,
    Edge,
    FileRead,
    FileWrite,
    NameRead,
    NameWrite,
    StepFlow,
)
from jupyter_mlops.model.run import Observed, Run, StepReport
from jupyter_mlops.store import observed_flow


def group(*names: str, step: str, version: int = 1) -> Group:
    return Group(names=names, digest=f"sha256:{step}{version}", size=1, step=step)


def file(path: str, *, digest: str | None = "sha256:f") -> FileRef:
    return FileRef(path=path, digest=digest)


DF, MODEL = group("df", step="load"), group("model", step="train")
LOAD = StepReport(
    step="load",
    state="succeeded",
    inputs=(file("data.csv"),),
    outputs=(DF, group("@random", step="load"), file("out/clean.csv")),
    observed=Observed(created=("@random", "df", "tmp")),
)
LOAD_FLOW = StepFlow(
    step="load",
    writes=(
        NameWrite(name="@random", effect="created", carried=True),
        NameWrite(name="df", effect="created", carried=True),
        NameWrite(name="tmp", effect="created"),
    ),
    files_read=(FileRead(path="data.csv"),),
    files_written=(FileWrite(path="out/clean.csv", effect="written"),),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What step load is followed by, and the flow of that."""

    name: str
    reports: tuple[StepReport, ...]
    flow: tuple[StepFlow, ...]
    edges: tuple[Edge, ...] = ()


CASES = [
    Case(
        name="read, left as it was, and read again from the step that made it",
        reports=tuple(
            StepReport(
                step=step,
                state=state,
                inputs=(DF,),
                observed=Observed(unchanged=("@random", "df")),
            )
            for step, state in (("look", "succeeded"), ("again", "reused"))
        ),
        flow=tuple(
            StepFlow(
                step=step,
                reads=(NameRead(name="df", sources=("load",), use="read"),),
                unchanged=("df",),
            )
            for step in ("look", "again")
        ),
        edges=(
            Edge(source="load", target="look", variables=("df",)),
            Edge(source="load", target="again", variables=("df",)),
        ),
    ),
    Case(
        name="changed, and not read: the next edge is from the one that changed it",
        reports=(
            StepReport(
                step="clean",
                state="succeeded",
                inputs=(DF,),
                outputs=(group("df", "raw", "view", step="clean"),),
                observed=Observed(changed=("df",), created=("view",), joined=("raw",)),
            ),
            StepReport(
                step="use",
                state="succeeded",
                inputs=(group("df", "view", step="clean"),),
                observed=Observed(deleted=("df",), unchanged=("view",), unused=("view",)),
            ),
        ),
        flow=(
            StepFlow(
                step="clean",
                reads=(NameRead(name="df", sources=("load",), use="read"),),
                writes=(
                    NameWrite(name="df", effect="changed", carried=True),
                    NameWrite(name="raw", effect="joined", carried=True),
                    NameWrite(name="view", effect="created", carried=True),
                ),
            ),
            StepFlow(
                step="use",
                reads=(
                    NameRead(name="df", sources=("clean",), use="read"),
                    NameRead(name="view", sources=("clean",), use="not read"),
                ),
                writes=(NameWrite(name="df", effect="deleted"),),
                unchanged=("view",),
            ),
        ),
        edges=(
            Edge(source="load", target="clean", variables=("df",)),
            Edge(source="clean", target="use", variables=("df",)),
        ),
    ),
    Case(
        name="files and listings",
        reports=(
            StepReport(
                step="b",
                state="succeeded",
                inputs=(file("out/"), file("out/clean.csv"), file("data.csv")),
                outputs=(file("out/clean.csv", digest=None),),
                observed=Observed(),
            ),
            StepReport(
                step="c",
                state="succeeded",
                inputs=(file("out/"), file("other/")),
                observed=Observed(),
            ),
        ),
        flow=(
            StepFlow(
                step="b",
                files_read=(
                    FileRead(path="out/", sources=("load",)),
                    FileRead(path="out/clean.csv", sources=("load",)),
                    FileRead(path="data.csv"),
                ),
                files_written=(FileWrite(path="out/clean.csv", effect="deleted"),),
            ),
            StepFlow(
                step="c",
                files_read=(FileRead(path="out/", sources=("b",)), FileRead(path="other/")),
            ),
        ),
        edges=(
            Edge(source="load", target="b", files=("out/", "out/clean.csv")),
            Edge(source="b", target="c", files=("out/",)),
        ),
    ),
    Case(
        name="any name may have been looked up",
        reports=(
            StepReport(
                step="dynamic",
                state="succeeded",
                inputs=(DF,),
                observed=Observed(unchanged=("df",), everything=True),
            ),
        ),
        flow=(
            StepFlow(
                step="dynamic",
                reads=(NameRead(name="df", sources=("load",)),),
                unchanged=("df",),
                everything=True,
            ),
        ),
        edges=(Edge(source="load", target="dynamic", variables=("df",)),),
    ),
    Case(
        name="failed, skipped",
        reports=(
            StepReport(step="bad", state="failed", inputs=(DF,)),
            StepReport(step="after", state="skipped"),
        ),
        flow=(
            StepFlow(step="bad", reads=(NameRead(name="df", sources=("load",)),)),
            StepFlow(step="after"),
        ),
        edges=(Edge(source="load", target="bad", variables=("df",)),),
    ),
    Case(
        name="recorded by a version that did not observe names",
        reports=(
            StepReport(
                step="train",
                state="succeeded",
                inputs=(DF,),
                outputs=(group("df", step="train"), MODEL),
            ),
        ),
        flow=(
            StepFlow(
                step="train",
                reads=(NameRead(name="df", sources=("load",)),),
                writes=(
                    NameWrite(name="df", effect="changed", carried=True),
                    NameWrite(name="model", effect="created", carried=True),
                ),
            ),
        ),
        edges=(Edge(source="load", target="train", variables=("df",)),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_observed_flow(case: Case) -> None:
    run = run_named("r", state="succeeded", steps=(LOAD, *case.reports))
    expected = DataFlow(basis="observed", steps=(LOAD_FLOW, *case.flow), edges=case.edges)
    assert observed_flow(run) == expected
    assert from_json(DataFlow, to_json(expected)) == expected


def test_a_run_recorded_without_observed_names_is_read() -> None:
    run = run_named("r", steps=(LOAD,))
    value = to_json(run)
    del value["steps"][0]["observed"]
    assert from_json(Run, value) == replace(run, steps=(replace(LOAD, observed=None),))
