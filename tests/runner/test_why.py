"""Why a step runs: one sentence, the first thing that differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import Environment, Execution, StepResult
from jupyter_mlops.runner.why import differences

ENVIRONMENT = Environment(
    digest="e1", engine="local", python="3.11.2", packages={"numpy": "1.26.0", "six": "1"}
)
GROUPS = (
    Group(names=("@random",), digest="r1", size=1),
    Group(names=("df", "view"), digest="d1", size=1),
)
LAST = Execution(
    execution="r.s.1",
    run="r",
    step="s",
    attempt=1,
    key="k",
    code="c1",
    parameters={"lr": 0.1, "n": 1},
    inputs=GROUPS,
    files=(FileRef(path="out.csv", digest="f1"),),
    environment=ENVIRONMENT,
    stage="t",
    source="s",
    why="first run",
    user="ada",
    host="here",
    result=StepResult(attempt=1, state="succeeded", started="", ended=""),
)


@dataclass(frozen=True)
class Case:
    why: str | None
    changes: dict[str, Any] = field(default_factory=dict)


def environment(**changes: Any) -> dict[str, Any]:
    return {"environment": replace(ENVIRONMENT, digest="e2", **changes)}


CASES = [
    Case(None),
    Case("code changed", {"code": "c2", "parameters": {}}),
    Case("parameter lr 0.1 → 0.2", {"parameters": {"lr": 0.2, "n": 1}}),
    Case("parameter n 1 → True", {"parameters": {"lr": 0.1, "n": True}}),
    Case("parameter n 1 → none", {"parameters": {"lr": 0.1}}),
    Case("parameter m none → None", {"parameters": {"lr": 0.1, "n": 1, "m": None}}),
    Case(f"parameter lr 0.1 → '{'x' * 59}…", {"parameters": {"lr": "x" * 99, "n": 1}}),
    Case("engine local → docker", environment(engine="docker", python="3.12.0")),
    Case("Python 3.11.2 → 3.12.0", environment(python="3.12.0")),
    Case("setting network none → 'none'", environment(settings={"network": "none"})),
    Case("setting secrets none → ['PW']", environment(settings={"secrets": ["PW"]})),
    Case("package numpy 1.26.0 → 2.0.0", environment(packages={"numpy": "2.0.0", "six": "1"})),
    Case("package six 1 → none", environment(packages={"numpy": "1.26.0"})),
    Case("environment changed", environment()),
    Case("input df changed", {"inputs": (replace(GROUPS[1], digest="d2"),)}),
    Case("input view changed", {"inputs": (GROUPS[0], replace(GROUPS[1], names=("df",)))}),
    Case("state @random changed", {"inputs": (replace(GROUPS[0], digest="r2"), GROUPS[1])}),
    Case(
        "file out.csv of an earlier step changed",
        {"files": (FileRef(path="out.csv", digest=None),)},
    ),
    Case("file out.csv of an earlier step changed", {"files": ()}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.why} {len(case.changes)}")
def test_the_first_difference_is_named(case: Case) -> None:
    now = {
        name: getattr(LAST, name)
        for name in ("code", "parameters", "environment", "inputs", "files")
    }
    assert next(differences(LAST, **{**now, **case.changes}), None) == case.why


def test_all_differences_are_told_what_matters_most_first() -> None:
    now = {
        "code": "c2",
        "parameters": {"lr": 0.2, "n": 1},
        **environment(packages={"numpy": "2.0.0", "six": "1"}),
        "inputs": (GROUPS[0], replace(GROUPS[1], digest="d2")),
        "files": (),
    }
    assert tuple(differences(LAST, **now)) == (
        "code changed",
        "parameter lr 0.1 → 0.2",
        "package numpy 1.26.0 → 2.0.0",
        "input df changed",
        "input view changed",
        "file out.csv of an earlier step changed",
    )
