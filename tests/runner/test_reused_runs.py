"""Second runs in real kernels: what is reused, what runs again, and the sentence that says why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from projects import Project, states, whys

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.store import check_store

pytestmark = pytest.mark.kernel

BOOK = (
    ("parameters", "lr = 0.5"),
    ("shared", "unused = 1"),
    ("step:load", "with open('data.csv') as file:\n    rows = file.read().split()\nextra = 1"),
    ("step:scale", "# to numbers\nscaled = [float(row) * lr for row in rows]"),
    ("step:report", "total = sum(scaled)\nprint(total)"),
    ("metrics", "score = total"),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reuse")


@pytest.fixture
def project(home: Path, notebook_file: Callable[..., Path]) -> Project:
    """A project that has run once, at the same place and in the same state for every test."""
    live, pristine = home / "live", home / "pristine"
    project = Project(live, notebook_file)
    if not pristine.exists():
        project.write(*BOOK)
        (project.folder / "data.csv").write_text("1 2 3")
        assert project.run().state == "succeeded"
        live.rename(pristine)
    shutil.rmtree(live, ignore_errors=True)
    shutil.copytree(pristine, live)
    return project


def write_data(text: str) -> Callable[[Project], None]:
    return lambda project: (project.folder / "data.csv").write_text(text) and None


def edit(old: str, new: str) -> Callable[[Project], None]:
    return lambda project: project.edit(old, new)


def damage_scaled(project: Project) -> None:
    """Flip a bit in the output of ``scale``."""
    path = project.store.objects.path(scaled_digest(project))
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def scaled_digest(project: Project) -> str:
    (first,) = project.store.catalog.list_runs()
    return next(
        str(output.digest)
        for output in first.steps[1].outputs
        if "scaled" in getattr(output, "names", ())
    )


@dataclass(frozen=True)
class Case:
    """What is done after the first run; state and why of each step in the second."""

    name: str
    change: Callable[[Project], None] = lambda project: None
    request: dict[str, Any] = field(default_factory=dict)
    load: str = "reused"
    scale: str = "reused"
    report: str = "reused"
    score: float = 3.0


CASES = [
    Case("nothing"),
    Case("a comment", edit("# to numbers", "# to floats")),
    Case("a shared cell that nobody needs", edit("unused = 1", "unused = 2")),
    Case(
        "a parameter",
        request={"text_parameters": {"lr": "2"}},
        scale="parameter lr 0.5 → 2.0",
        report="input scaled changed",
        score=12.0,
    ),
    Case(
        "a data file",
        write_data("1 2 5"),
        load="file data.csv changed",
        scale="input rows changed",
        report="input scaled changed",
        score=4.0,
    ),
    Case("a data file, to no effect", write_data("1  2  3"), load="file data.csv changed"),
    Case(
        "code",
        edit("* lr", "* lr + 1"),
        scale="code of cell 4 changed",
        report="input scaled changed",
        score=6.0,
    ),
    Case("code, to no effect", edit("(row) *", "(row) * 1 *"), scale="code of cell 4 changed"),
    Case(
        "a later step that reads more",
        edit("sum(scaled)", "sum(scaled) + extra"),
        load="a later step needs extra, which {load} did not keep",
        report="code of cell 5 changed",
        score=4.0,
    ),
    Case("fresh", request={"fresh": True}, load="--fresh", scale="--fresh", report="--fresh"),
    Case(
        "from a step",
        request={"fresh_from": "scale"},
        scale="--from scale",
        report="--from scale",
    ),
    Case("a corrupted object", damage_scaled, scale="object {scaled} of {scale} is corrupted"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_what_changed_runs_again(project: Project, case: Case) -> None:
    (first,) = project.store.catalog.list_runs()
    names = {step.step: step.execution for step in first.steps}
    scaled = scaled_digest(project)
    case.change(project)
    run = project.run(**case.request)

    equal = "equal code, parameters, environment, inputs and files read"
    expected = {
        step: (
            ("reused", equal)
            if getattr(case, step) == "reused"
            else ("succeeded", getattr(case, step).format(scaled=scaled, **names))
        )
        for step in ("load", "scale", "report")
    }
    assert {step: (states(run)[step], whys(run)[step]) for step in expected} == expected
    assert run.steps[2].metrics == {"score": case.score}
    assert all(Path(str(step.notebook)).is_file() for step in run.steps)
    again = project.run(**{k: v for k, v in case.request.items() if "fresh" not in k})
    assert set(states(again).values()) == {"reused"}


def test_a_file_that_changed_is_announced_before_anything_runs(project: Project) -> None:
    write_data("1 2 5")(project)
    run = project.run()
    change = {"path": "data.csv", "became": "changed", "steps": ["load"]}
    heard = [event for event in project.events if event.get("state") != "pending"]
    assert [event["event"] for event in heard[:3]] == ["run", "file-changed", "environment"]
    assert heard[1] == {"event": "file-changed", "run": run.run, **change}
    store = project.store
    recorded = store.catalog.find_run(run.run)
    assert [to_json(file) for file in run.changed] == [change]
    assert recorded.changed == run.changed
    assert check_store(store) == ()
    store.rebuild_catalog()
    assert store.catalog.find_run(run.run) == recorded
    store.close()
    assert project.run().changed == ()


def test_a_reused_step_shows_the_execution_that_it_stands_for(project: Project) -> None:
    first, second = *project.store.catalog.list_runs(), project.run()
    for old, new in zip(first.steps, second.steps, strict=True):
        assert (new.execution, new.key, new.inputs, new.outputs, new.metrics, new.attempts) == (
            old.execution,
            old.key,
            old.inputs,
            old.outputs,
            old.metrics,
            0,
        )
