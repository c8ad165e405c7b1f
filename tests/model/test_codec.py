from __future__ import annotations

import json

import pytest

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.pipeline import Cell, Pipeline, Read, Resources, Step
from jupyter_mlops.model.run import (
    CellError,
    Environment,
    ParameterValue,
    Run,
    StepReport,
    StepResult,
    StepSpec,
)

GROUP = Group(names=("a", "b"), digest="sha256:1", size=3, requires=("k",), step="load")
VALUES = [
    Pipeline(
        name="p",
        title="P",
        steps=(
            Step(
                name="s",
                cells=(Cell(id="c", position=2, source="x"),),
                reads=(Read(name="x", sources=("a",)),),
                resources=Resources(memory=5, retries=2),
                environ={"A": "b"},
            ),
        ),
    ),
    StepSpec(
        run="r",
        step="s",
        stage="sha256:2",
        parameters={"lr": 0.1, "names": ["a"], "none": None},
        groups=(GROUP,),
        files=(FileRef(path="gone.txt", digest=None),),
        cells={"c": (2, "code")},
    ),
    StepResult(
        attempt=1, state="failed", started="t", ended="t", error=CellError(kind="K", message="m")
    ),
    Run(
        run="r",
        state="running",
        reason="why",
        notebook="/nb",
        source="s",
        pipeline="p",
        parameters=(ParameterValue(name="lr", value={"a": 1}, origin="file"),),
        engine="local",
        user="u",
        host="h",
        started="t",
        steps=(
            StepReport(
                step="s",
                state="reused",
                inputs=(GROUP, FileRef(path="data/", digest="sha256:3", size=2)),
                environment=Environment(digest="d", engine="local", python="3.11.2"),
            ),
        ),
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_there_and_back(value) -> None:
    assert from_json(type(value), json.loads(json.dumps(to_json(value)))) == value


def test_fields_of_a_newer_version_are_left_out() -> None:
    written = {**to_json(GROUP), "colour": "red"}
    assert from_json(Group, written) == GROUP


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(TypeError):
        from_json(Group, {"names": []})
