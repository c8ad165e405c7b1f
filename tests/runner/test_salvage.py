"""What a dead driver's steps had published is recorded by the next start, and then reused."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import pytest
from projects import Project, states
from replay import in_child

from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import CellError, Environment, Execution, Run, StepResult
from jupyter_mlops.runner.salvage import UNKNOWN, announce_execution, salvage
from jupyter_mlops.store import Store, check_store


@pytest.mark.kernel
def test_a_published_step_of_a_killed_driver_is_reused(project: Project) -> None:
    project.write(("step:one", "x = 1"), ("step:two", "print(x)"))
    die = patch(
        "jupyter_mlops.runner.perform.take_outputs",
        lambda *arguments: os.kill(os.getpid(), signal.SIGKILL),
    )
    with die:
        assert in_child(project.run) == signal.SIGKILL
    (before,) = project.store.catalog.list_runs()
    assert (before.state, states(before)["one"]) == ("running", "running")
    run = project.run()
    assert states(run) == {"one": "reused", "two": "succeeded"}
    assert run.steps[0].execution == f"{before.run}.one.1"
    assert project.store.catalog.find_run(before.run).state == "lost"
    assert check_store(project.store) == ()


RESULT = StepResult(
    attempt=1,
    state="succeeded",
    started="s",
    ended="e",
    groups=(Group(names=("x",), digest=of_bytes(b"x"), size=1, step="one"),),
)
EXECUTION = Execution(
    execution="r1.one.1",
    run="r1",
    step="one",
    attempt=1,
    key="sha256:k",
    code="sha256:c",
    parameters={},
    inputs=(),
    files=(),
    environment=Environment(digest="sha256:e", engine="local", python="3.11.2"),
    stage="sha256:t",
    source="sha256:s",
    why="first run",
    user="ada",
    host="here",
    result=UNKNOWN,
)
RUN = Run(
    run="r1",
    state="running",
    reason="a test",
    notebook="/books/a.ipynb",
    source="sha256:s",
    pipeline="sha256:p",
    parameters=(),
    engine="local",
    user="ada",
    host="here",
    started="2026-11-23T15:04:05+00:00",
)


def remove(name: str) -> Callable[[Path], object]:
    return lambda step: (step / name).unlink()


def write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda step: (step / name).write_bytes(data)


def publish(result: StepResult) -> Callable[[Path], object]:
    return write("result.json", json.dumps(to_json(result)).encode())


def damage_output(step: Path) -> None:
    (output,) = (step / "attempts" / "1" / "outputs").iterdir()
    output.write_bytes(b"y")


@dataclass(frozen=True)
class Case:
    """``state`` and ``error`` of the recorded execution; None: nothing is recorded."""

    name: str
    change: Callable[[Path], object]
    state: str | None
    error: str | None = None


FAILED = replace(
    RESULT, state="failed", groups=(), error=CellError(kind="ValueError", message="no")
)

CASES = [
    Case("published", lambda step: None, "succeeded"),
    Case("a failure published", publish(FAILED), "failed", "ValueError"),
    Case("an output is damaged", damage_output, "failed", "ObjectCorrupted"),
    Case("nothing published", remove("result.json"), None),
    Case("published by another attempt", publish(replace(RESULT, attempt=2)), None),
    Case("not announced", remove("execution.json"), None),
    Case("half announced", write("execution.json", b'{"run": "r1"'), None),
    Case("another version's result", write("result.json", b'{"attempt": 1}'), None),
    Case("no result at all", write("result.json", b"[]"), None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_salvage(tmp_path: Path, case: Case) -> None:
    store = Store(tmp_path / "store").open()
    store.catalog.save_run(RUN)
    step = store.run_folder("r1") / "steps" / "01-one"
    outputs = step / "attempts" / "1" / "outputs"
    outputs.mkdir(parents=True)
    (outputs / of_bytes(b"x").removeprefix("sha256:")).write_bytes(b"x")
    announce_execution(step, EXECUTION)
    publish(RESULT)(step)
    case.change(step)
    found = salvage(step, store)
    assert salvage(step, store) == found  # who recovers may be killed as well
    if case.state is None:
        assert found is None
    else:
        assert found is not None
        kind = found.result.error and found.result.error.kind
        assert (found.result.state, kind) == (case.state, case.error)
        assert store.catalog.execution("r1.one.1") == found
    reusable = store.catalog.executions("sha256:k")
    assert reusable == ([found] if case.state == "succeeded" else [])
    store.close()
