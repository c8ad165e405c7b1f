"""The data flow of a real run: observed, recorded, shown again by reuse and after a rebuild."""

from __future__ import annotations

import pytest
from projects import Project, states

from jupyter_mlops.model.dataflow import (
    DataFlow,
    Edge,
    FileRead,
    FileWrite,
    NameRead,
    NameWrite,
    StepFlow,
)
from jupyter_mlops.store import observed_flow

pytestmark = pytest.mark.kernel

BOOK = (
    ("step:load", "rows = open('data.csv').read().split()\nview = [rows]\nsize = len(rows)"),
    ("step:look", "if size:\n    rows.count('1')\nopen('out.txt', 'w').write('x')"),
    ("step:clean", "rows.append('4')\nwords = open('out.txt').read()"),
    ("step:report", "import os\nos.remove('out.txt')\nprint(rows, words, size)"),
)

FLOW = DataFlow(
    basis="observed",
    steps=(
        StepFlow(
            step="load",
            writes=(
                NameWrite(name="rows", effect="created", carried=True),
                NameWrite(name="size", effect="created", carried=True),
                NameWrite(name="view", effect="created"),
            ),
            files_read=(FileRead(path="data.csv"),),
        ),
        StepFlow(
            step="look",
            reads=(
                NameRead(name="rows", sources=("load",), use="read"),
                NameRead(name="size", sources=("load",), use="read"),
            ),
            unchanged=("rows", "size"),
            files_written=(FileWrite(path="out.txt", effect="written"),),
        ),
        StepFlow(
            step="clean",
            reads=(NameRead(name="rows", sources=("load",), use="read"),),
            writes=(
                NameWrite(name="rows", effect="changed", carried=True),
                NameWrite(name="words", effect="created", carried=True),
            ),
            files_read=(FileRead(path="out.txt", sources=("look",)),),
        ),
        StepFlow(
            step="report",
            reads=(
                NameRead(name="rows", sources=("clean",), use="read"),
                NameRead(name="size", sources=("load",), use="read"),
                NameRead(name="words", sources=("clean",), use="read"),
            ),
            writes=(NameWrite(name="os", effect="created"),),
            unchanged=("rows", "size", "words"),
            files_written=(FileWrite(path="out.txt", effect="deleted"),),
        ),
    ),
    edges=(
        Edge(source="load", target="look", variables=("rows", "size")),
        Edge(source="load", target="clean", variables=("rows",)),
        Edge(source="look", target="clean", files=("out.txt",)),
        Edge(source="load", target="report", variables=("size",)),
        Edge(source="clean", target="report", variables=("rows", "words")),
    ),
)


def test_flow_of_a_run_of_its_reuse_and_after_a_rebuild(project: Project) -> None:
    project.write(*BOOK)
    (project.folder / "data.csv").write_text("1 2 3")
    first = project.run()
    assert (first.state, observed_flow(first)) == ("succeeded", FLOW)

    again = project.run()
    assert set(states(again).values()) == {"reused"}
    assert observed_flow(again) == FLOW

    store = project.store
    store.rebuild_catalog()
    assert [observed_flow(run) for run in store.catalog.list_runs()] == [FLOW, FLOW]
