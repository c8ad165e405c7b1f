"""Runs and executions with all their fields set."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import (
    CellError,
    Environment,
    Execution,
    ParameterValue,
    Run,
    StepReport,
    StepResult,
)

ENVIRONMENT = Environment(digest="sha256:e", engine="local", python="3.11.2", packages={"a": "1"})


def run_named(name: str, **changes: object) -> Run:
    plain = Run(
        run=name,
        state="running",
        reason="a test",
        notebook="/books/iris.ipynb",
        source="sha256:s",
        pipeline="sha256:p",
        parameters=(ParameterValue(name="lr", value=[0.1, None, "ü"], origin="file"),),
        engine="local",
        user="ada",
        host="here",
        started="2026-11-23T15:04:05+00:00",
        steps=(
            StepReport(step="load", state="succeeded", outputs=(FileRef(path="a", digest=None),)),
            StepReport(
                step="train",
                state="failed",
                inputs=(Group(names=("df",), digest="sha256:d", size=3),),
                environment=ENVIRONMENT,
                error=CellError(kind="ValueError", message="no", cell=3, line=1),
            ),
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def execution_named(name: str, **changes: object) -> Execution:
    run, step, attempt = name.split(".")
    plain = Execution(
        execution=name,
        run=run,
        step=step,
        attempt=int(attempt),
        key="sha256:k",
        code="sha256:c",
        parameters={"lr": 0.1},
        inputs=(Group(names=("df",), digest="sha256:d", size=3, requires=("np",), step="load"),),
        files=(FileRef(path="out.csv", digest="sha256:f", size=9),),
        environment=ENVIRONMENT,
        stage="sha256:t",
        source="sha256:s",
        why="first run",
        user="ada",
        host="here",
        result=StepResult(
            attempt=int(attempt), state="succeeded", started="2026", ended="2027", metrics={"m": 1}
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
