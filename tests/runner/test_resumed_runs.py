"""Runs that go on from an earlier one: its parameters, its good steps, and nothing else's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project, start_and_kill, states, whys

from jupyter_mlops.errors import NotebookError, UnknownRun
from jupyter_mlops.model.run import Run

pytestmark = pytest.mark.kernel

BOOK = (
    ("parameters", "scale: int = 1\nname: str = 'x'"),
    ("step:load", "rows = [1, 2]"),
    ("step:change", "rows = [row * scale for row in rows]\nrows[scale]"),
    ("step:show", "print(name, rows)"),
)


def parameters(run: Run) -> list[tuple[str, object, str]]:
    return [(value.name, value.value, value.origin) for value in run.parameters]


def test_only_what_was_mended_and_what_follows_runs_again(project: Project) -> None:
    project.write(*BOOK)
    broken = project.run(text_parameters={"scale": "3"})
    assert (broken.state, states(broken)) == (
        "failed",
        {"load": "succeeded", "change": "failed", "show": "skipped"},
    )
    project.edit("rows[scale]", "rows[0]")
    run = project.run(resume=broken.run)
    assert states(run) == {"load": "reused", "change": "succeeded", "show": "succeeded"}
    assert (run.steps[0].execution, whys(run)["show"]) == (broken.steps[0].execution, "first run")
    assert parameters(run) == [("scale", 3, "earlier run"), ("name", "x", "default")]
    assert project.printed("show") == "x [3, 6]\n"


def test_values_that_are_given_hold_before_those_of_the_earlier_run(project: Project) -> None:
    project.write(*BOOK)
    first = project.run(text_parameters={"scale": "0"}, file_parameters={"name": "file"})
    second = project.run(resume=first.run, text_parameters={"scale": "1"})
    assert parameters(second) == [("scale", 1, "command line"), ("name", "file", "earlier run")]
    third = project.run(resume=second.run)
    assert parameters(third) == [("scale", 1, "earlier run"), ("name", "file", "earlier run")]
    assert states(third) == dict.fromkeys(("load", "change", "show"), "reused")


def test_executions_of_the_resumed_run_go_before_newer_ones(project: Project) -> None:
    project.write(*BOOK)
    first = project.run(text_parameters={"scale": "0"})
    newer = project.run(text_parameters={"scale": "0"}, fresh=True)
    newest = project.run(text_parameters={"scale": "0"})
    assert [step.execution for step in newest.steps] == [step.execution for step in newer.steps]
    resumed = project.run(resume=first.run)
    assert [step.execution for step in resumed.steps] == [step.execution for step in first.steps]


def test_a_killed_run_goes_on_from_its_last_good_step(project: Project) -> None:
    project.write(
        ("parameters", "scale: int = 1"),
        ("step:one", "x = scale"),
        ("step:wait", "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)"),
        ("step:after", "print(x)"),
    )
    name, _ = start_and_kill(project, scale="7")
    project.edit("time.sleep(600)", "time.sleep(0)")
    run = project.run(resume=name)
    assert project.store.catalog.find_run(name).state == "lost"
    assert states(run) == {"one": "reused", "wait": "succeeded", "after": "succeeded"}
    assert parameters(run) == [("scale", 7, "earlier run")]
    assert project.printed("after") == "7\n"


def test_a_run_that_cannot_be_resumed_leaves_no_run(
    project: Project, notebook_file: Callable[..., Path]
) -> None:
    project.write(*BOOK)
    first = project.run(text_parameters={"scale": "0"})
    with pytest.raises(UnknownRun):
        project.run(resume="nothing")
    other = Project(project.home, notebook_file, name="other.ipynb")
    other.write(*BOOK)
    with pytest.raises(NotebookError, match=rf"{first.run} is a run of .*book\.ipynb") as caught:
        other.run(resume=first.run)
    assert first.run in caught.value.fix
    assert project.store.catalog.list_runs() == [first]
