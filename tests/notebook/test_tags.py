from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from jupyter_mlops.notebook.document import NotebookCell
from jupyter_mlops.notebook.tags import CellTags, read_tags


@dataclass(frozen=True, kw_only=True)
class Case:
    tags: tuple[str, ...]
    step: str | None = None
    role: str | None = None
    resources: dict[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


CASES = [
    Case(tags=()),
    Case(tags=("step:load",), step="load"),
    Case(tags=("step: load ",), step="load"),
    Case(tags=("block:load", "prev:start"), step="load"),
    Case(tags=("step:größe-2",), step="größe-2"),
    Case(tags=("imports",), role="shared"),
    Case(tags=("functions",), role="shared"),
    Case(tags=("pipeline-parameters",), role="parameters"),
    Case(tags=("pipeline-metrics",), role="metrics"),
    Case(tags=("step:a", "check"), step="a", role="check"),
    Case(tags=("limit:memory:2Gi", "limit:cpu:2"), resources={"memory": "2Gi", "cpus": "2"}),
    Case(tags=("hide-input", "injected-parameters", "solution", "stepwise", "todo")),
    Case(tags=("steps:load",), codes=("ML101",)),
    Case(tags=("step_load",), codes=("ML101",)),
    Case(tags=("Shared",), codes=("ML101",)),
    Case(tags=("step:",), step="name", codes=("ML102",)),
    Case(tags=("step:a/b",), step="a-b", codes=("ML102",)),
    Case(tags=("check", "metrics"), role="check", codes=("ML103",)),
    Case(tags=("image:x",), codes=("ML402",)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: ",".join(c.tags))
def test_meaning(case: Case) -> None:
    cell = NotebookCell(id="a", position=1, kind="code", source="", tags=case.tags, settings={})
    meaning, found = read_tags(cell)
    assert meaning == CellTags(step=case.step, role=case.role, resources=case.resources)
    assert tuple(d.code for d in found) == case.codes
