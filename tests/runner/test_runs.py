"""Whole runs in real kernels: what flows, what fails, what is left behind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from projects import Project, states, whys

from jupyter_mlops.errors import EnvironmentFailure, NotebookError, ParameterError
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops

pytestmark = pytest.mark.kernel


def test_a_chain_runs_in_order_and_is_on_record(project: Project) -> None:
    project.write(
        ("parameters", "scale = 2  # factor\nname = 'x'"),
        ("shared", "import json"),
        ("step:load", "with open('data.json') as file:\n    rows = json.load(file)"),
        ("step:change", "rows.append(scale)\nopen('made.txt', 'w').write(name)\nprint('changed')"),
        ("step:report", "total = sum(rows)\nprint(total, open('made.txt').read())"),
        ("metrics", "score = float(total)"),
    )
    (project.folder / "data.json").write_text("[1, 2]")
    before = sorted(project.folder.rglob("*"))
    run = project.run(text_parameters={"scale": "4"}, reason="a test")

    assert run == project.store.catalog.find_run(run.run)
    assert (run.state, run.reason, run.engine, run.notebook) == (
        "succeeded",
        "a test",
        "local",
        str(project.notebook),
    )
    assert [(p.name, p.value, p.origin) for p in run.parameters] == [
        ("scale", 4, "command line"),
        ("name", "x", "default"),
    ]
    assert states(run) == dict.fromkeys(("load", "change", "report"), "succeeded")
    assert set(whys(run).values()) == {"first run"}
    assert run.steps[2].metrics == {"score": 7.0}
    assert project.printed("report") == "7 x\n"
    assert sorted(project.folder.rglob("*")) == before

    store = project.store
    assert store.objects.read_bytes(run.source) == project.notebook.read_bytes()
    load, change, report = run.steps
    assert [item.path for item in load.inputs if hasattr(item, "path")] == ["data.json"]
    assert [item.path for item in change.outputs if hasattr(item, "path")] == ["made.txt"]
    rows = [
        next(g.digest for g in step.outputs if "rows" in getattr(g, "names", ()))
        for step in (load, change)
    ]
    assert rows[0] != rows[1]
    assert rows[1] in {getattr(g, "digest", None) for g in report.inputs}
    for step in run.steps:
        executed = json.loads(Path(str(step.notebook)).read_text())
        assert {cell["id"] for cell in executed["cells"]} >= {"mlops-restore", "mlops-capture"}
        execution = store.catalog.execution(str(step.execution))
        assert (execution.key, execution.source) == (step.key, run.source)
    names = [Path(str(step.notebook)).name for step in run.steps]
    assert names == ["01-load.ipynb", "02-change.ipynb", "03-report.ipynb"]
    left = {p.name for p in store.run_folder(run.run).glob("steps/*/attempts/1/*")}
    assert (left, list(store.run_folder(run.run).glob("steps/*/inputs"))) == ({"events.jsonl"}, [])


def test_every_change_is_on_record_before_it_is_heard(project: Project) -> None:
    project.write(("step:one", "x = 1"), ("step:two", "y = x / 0"))
    heard: list[tuple[str, str]] = []

    def look(event: Any) -> None:
        run = project.store.catalog.find_run(event["run"])
        if event["event"] == "step":
            heard.append((event["step"], event["state"]))
            assert states(run)[event["step"]] == event["state"]
        if event["event"] == "run":
            heard.append(("", event["state"]))
            assert run.state == event["state"]

    project.run(react=look)
    assert heard == [
        ("", "running"),
        ("one", "pending"),
        ("two", "pending"),
        ("one", "running"),
        ("one", "succeeded"),
        ("two", "running"),
        ("two", "failed"),
        ("", "failed"),
    ]


@dataclass(frozen=True)
class Failure:
    """``error``: kind, cell and line of the failed step; ``says`` stands in its message."""

    name: str
    cells: tuple[tuple[str, str], ...]
    states: str
    error: tuple[str, int | None, int | None]
    says: str
    settings: dict[str, Any] = field(default_factory=dict)
    whys: dict[str, str] = field(default_factory=dict)


FAILURES = [
    Failure(
        "a failing cell, what depends on it, and an independent branch",
        (
            ("step:load", "rows = [1]"),
            ("step:train", "a = 1\nmodel = rows[5]"),
            ("", "open('/nowhere/later-cell', 'w')"),
            ("step:use", "print(model)\nused = True"),
            ("step:tell", "print(used)"),
            ("step:other", "print(rows)"),
        ),
        "load=succeeded train=failed use=skipped tell=skipped other=succeeded",
        ("IndexError", 2, 2),
        "list index out of range",
        whys={
            "train": "cell 2, line 2: IndexError: list index out of range",
            "use": "step train, which it may depend on, failed",
            "tell": "step use, which it may depend on, was skipped",
        },
    ),
    Failure(
        "a check is a gate",
        (
            ("step:load", "rows = []"),
            ("check", "assert rows, 'no rows'"),
            ("step:other", "print('independent')"),
        ),
        "load=failed other=skipped",
        ("AssertionError", 2, 1),
        "no rows",
        whys={"other": "a check of step load failed, and nothing runs after it"},
    ),
    Failure(
        "what cannot be carried",
        (
            ("step:load", "squares = (i * i for i in range(3))"),
            ("step:use", "# first a comment\ntotal = sum(squares)"),
            ("step:other", "print('independent')"),
        ),
        "load=succeeded use=failed other=succeeded",
        ("Refused", 2, 2),
        "ML601: step 'use' reads squares",
    ),
    Failure(
        "a timeout",
        (("step:wait", "import time\ntime.sleep(600)"),),
        "wait=failed",
        ("Timeout", 1, None),
        "8",
        {"timeout": "8s"},
    ),
    Failure(
        "a kernel that dies",
        (("step:die", "import os\nos._exit(7)"),),
        "die=failed",
        ("KernelDied", 1, None),
        "",
    ),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
def test_a_failure_stops_what_depends_on_it(project: Project, case: Failure) -> None:
    project.write(*case.cells, settings=case.settings)
    run = project.run()
    assert run.state == "failed"
    assert " ".join(f"{step}={state}" for step, state in states(run).items()) == case.states
    error = next(step.error for step in run.steps if step.error is not None)
    assert (error.kind, error.cell, error.line) == case.error
    assert case.says in error.message
    assert {step: whys(run)[step] for step in case.whys} == case.whys


def test_a_failed_step_is_retried(project: Project, tmp_path: Path) -> None:
    marker = tmp_path / "outside"
    source = (
        f"import os\nnew = not os.path.exists('{marker}')\nopen('{marker}', 'w')\n1 / (not new)"
    )
    project.write(("step:flaky", source), settings={"retries": 2})
    run = project.run()
    assert (run.state, run.steps[0].attempts) == ("succeeded", 2)
    assert run.steps[0].why == "attempt 2 of 3, after ZeroDivisionError"
    first = project.store.catalog.execution(f"{run.run}.flaky.1")
    assert (first.result.state, first.why) == ("failed", "first run")


def test_text_parameters_arrive_intact(project: Project) -> None:
    project.write(("parameters", "text = ''"), ("step:show", "print(ascii(text))"))
    text = 'it\'s "quoted" \\n {x} $HOME ü\n'
    project.run(text_parameters={"text": text})
    assert project.printed("show") == ascii(text) + "\n"


def test_what_is_wrong_before_the_run_leaves_no_run(project: Project) -> None:
    project.write(("parameters", "lr = 0.1"), ("step:one", "print(lr)"))
    (project.folder / "more").mkdir()
    for name in "abc":
        (project.folder / "more" / name).touch()
    store, request = project.store, RunRequest(notebook=project.notebook, engine="local")
    with pytest.raises(NotebookError, match="more than 3 files"):
        run_pipeline(request, store=store, settings=Mlops(max_files=3))
    with pytest.raises(ParameterError):
        project.run(text_parameters={"rl": "1"})
    assert store.catalog.list_runs() == []


def test_what_goes_wrong_in_the_run_is_raised_and_on_record(project: Project) -> None:
    project.write(("step:one", "x = 1"), kernel="no-such-kernel")
    with pytest.raises(EnvironmentFailure, match="no-such-kernel") as caught:
        project.run()
    (run,) = project.store.catalog.list_runs()
    assert (run.state, states(run)) == ("failed", {"one": "skipped"})
    assert run.steps[0].why == caught.value.message.partition("\n")[0]


def test_files_whose_names_are_no_text_travel(project: Project) -> None:
    project.write(
        ("step:make", "import os\nwith open(b'in\\xff', 'rb') as f: data = f.read()\n"
         "with open(b'out\\xff', 'wb') as f: size = f.write(data * 2)"),
        ("step:use", "import os\nprint(ascii(sorted(os.listdir('.'))), open(b'out\\xff').read())"),
    )  # fmt: skip
    (project.folder / "in\udcff").write_text("x")
    first = project.run()
    assert (first.state, states(project.run())) == (
        "succeeded",
        {"make": "reused", "use": "reused"},
    )
    make = project.store.catalog.execution(str(first.steps[0].execution))
    assert [file.path for file in make.result.files_written] == ["out\udcff"]
    (project.folder / "in\udcff").write_text("y")
    assert project.run().steps[0].why == "file in\udcff changed"
    assert project.printed("use") == "['book.ipynb', 'in\\udcff', 'out\\udcff'] yy\n"


def test_two_runs_at_once_both_finish_right(project: Project) -> None:
    project.write(
        ("step:one", "x = list(range(1000))"), ("step:two", "y = sum(x)\nprint('sum', y)")
    )
    drivers = [project.drive(), project.drive()]
    outputs = [driver.communicate() for driver in drivers]
    assert [driver.returncode for driver in drivers] == [0, 0], outputs
    runs = project.store.catalog.list_runs()
    assert [run.state for run in runs] == ["succeeded", "succeeded"]
    left = {tuple(getattr(o, "digest", None) for s in run.steps for o in s.outputs) for run in runs}
    assert len(left) == 1
    assert of_bytes(project.notebook.read_bytes()) == runs[0].source == runs[1].source
