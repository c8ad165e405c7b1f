"""Whole runs on the local engine, in processes of their own."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

ENVIRONMENT = f"environment | Python {platform.python_version()} of kernel 'python3' as it stands"
EXAMPLE = Path(__file__).parents[2] / "examples" / "breast_cancer"

pytestmark = pytest.mark.kernel


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        return json.loads(self.stdout)


Command = Callable[..., Ended]


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command on the store of the test."""
    environ = {**os.environ, "JUPYTER_MLOPS_STORE": str(tmp_path / "store")}

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "jupyter_mlops.cli", *map(str, arguments)],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def command(start) -> Command:
    """Runs a command to its end."""

    def run(*arguments: str | Path) -> Ended:
        process = start(*arguments)
        stdout, stderr = process.communicate(timeout=240)
        return Ended(process.returncode, stdout, stderr)

    return run


def local(*arguments: str | Path) -> tuple[str | Path, ...]:
    return ("run", *arguments, "--engine", "local")


def states(run: dict[str, Any]) -> dict[str, str]:
    return {step["step"]: step["state"] for step in run["steps"]}


def untimed(text: str) -> str:
    """Text with single spaces, and with ``TIME`` for every duration."""
    return re.sub(r"\d+\.\d s\b", "TIME", re.sub(" +", " ", text))


def test_example_runs_and_only_what_a_parameter_reaches_runs_again(
    command: Command, tmp_path: Path
) -> None:
    project = shutil.copytree(EXAMPLE, tmp_path / "project")
    notebook = project / "breast_cancer.ipynb"
    first = command(*local(notebook, "-p", "n_trees", "20", "--json")).json()
    steps = ["load", "clean", "split", "logistic", "forest", "compare", "report"]
    assert (first["state"], states(first)) == ("succeeded", dict.fromkeys(steps, "succeeded"))
    assert sorted(first["steps"][5]["metrics"]) == [
        "best_accuracy",
        "best_recall",
        "forest_auc",
        "logistic_auc",
    ]
    written = [f["path"] for f in first["steps"][6]["outputs"] if "path" in f]
    assert written == ["report.md"]
    assert sorted(p.name for p in project.iterdir()) == [
        "breast_cancer.ipynb",
        "data",
        "requirements.txt",
    ]

    larger = command(*local(notebook, "-p", "n_trees", "21", "--json")).json()
    changed = {"forest": "succeeded", "compare": "succeeded", "report": "succeeded"}
    assert states(larger) == {**dict.fromkeys(steps, "reused"), **changed}
    unlabelled = {"tags": [], "note": "", "aliases": [], "labels": []}
    assert command("show", larger["run"], "--json").json() == {**larger, **unlabelled}


def test_text_arrives_intact(command: Command, write_notebook) -> None:
    notebook = write_notebook(
        "text.ipynb",
        ("parameters", "text: str = ''\nn: int = 0\nlabel: str = ''"),
        ("step:show", "import json\nprint(json.dumps([text, n, label]))"),
    )
    text = 'it\'s "quoted" \\n {x} $HOME `ls` \u00e9\n%time'
    values = ("-p", "text", text, "-p", "n", "-3", "-p", "label", "12")
    assert command(*local(notebook, *values)).code == 0
    assert json.loads(command("logs", "latest", "show").stdout) == [text, -3, "12"]


def test_parameters_of_a_file_give_way_to_the_command_line(
    command: Command, write_notebook, tmp_path: Path
) -> None:
    notebook = write_notebook(
        "file.ipynb",
        ("parameters", "a: int = 1\nb: int = 2\nc: int = 3"),
        ("step:sum", "total = a + b + c"),
        ("metrics", "answer = total"),
    )
    (tmp_path / "values.yaml").write_text("b: 20\nc: 30\n")
    run = command(
        *local(notebook, "--params", tmp_path / "values.yaml", "-p", "c", "300", "--json")
    )
    assert [(p["name"], p["value"], p["origin"]) for p in run.json()["parameters"]] == [
        ("a", 1, "default"),
        ("b", 20, "file"),
        ("c", 300, "command line"),
    ]
    assert run.json()["steps"][0]["metrics"] == {"answer": 321}


def test_resume_takes_notebook_and_parameters_of_the_earlier_run(
    command: Command, write_notebook
) -> None:
    cells = [("parameters", "n: int = 0"), ("step:load", "rows = [n]"), ("step:bad", "rows[1]")]
    notebook = write_notebook("resumed.ipynb", *cells)
    failed = command(*local(notebook, "-p", "n", "5", "--json")).json()
    write_notebook("resumed.ipynb", *cells[:2], ("step:bad", "rows[0]"))
    other = write_notebook("other.ipynb", *cells)
    refused = command(*local(other, "--resume", failed["run"]))
    assert (refused.code, refused.stdout) == (2, "")
    assert f"{failed['run']} is a run of {notebook}, not of {other}" in refused.stderr
    run = command(*local("--resume", failed["run"], "--json")).json()
    assert (run["notebook"], run["reason"], states(run)) == (
        str(notebook),
        f"resumes {failed['run']}",
        {"load": "reused", "bad": "succeeded"},
    )
    assert [(p["value"], p["origin"]) for p in run["parameters"]] == [(5, "earlier run")]
    again = command(*local("--resume", "latest", "-p", "n", "6", "--json")).json()
    assert [(p["value"], p["origin"]) for p in again["parameters"]] == [(6, "command line")]
    assert [line["run"] for line in command("runs", "--json").json()] == [
        again["run"],
        run["run"],
        failed["run"],
    ]


def test_the_state_of_the_repository_is_on_record(command: Command, write_notebook) -> None:
    notebook = write_notebook("kept.ipynb", ("step:one", "x = 1"))

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=ada", "-c", "user.email=ada@x")
        line = ["git", "-C", str(notebook.parent), *who, *arguments]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()

    for line in ("init -q -b trunk", "add .", "commit -q -m all"):
        git(*line.split())
    clean = command(*local(notebook, "--json")).json()
    notebook.write_text(notebook.read_text() + "\n")
    command(*local(notebook))
    dirty = command("show", "latest", "--json").json()
    state = {"commit": git("rev-parse", "HEAD"), "branch": "trunk", "dirty": False}
    assert (clean["git"], dirty["git"]) == (state, {**state, "dirty": True})


def test_plain_progress_and_table(command: Command, write_notebook) -> None:
    notebook = write_notebook(
        "two.ipynb",
        ("step:load", "rows = [1, 2]\nprint(len(rows), 'rows')"),
        ("step:sum", "sum(rows)"),
    )
    ended = command(*local(notebook))
    progress, _, table = ended.stdout.partition("\n\n")
    assert (ended.code, ended.stderr, untimed(progress).splitlines()) == (
        0,
        "",
        [
            ENVIRONMENT,
            "load | 2 rows",
            "load succeeded TIME first run",
            "sum | 3",
            "sum succeeded TIME first run",
        ],
    )
    assert command("show", "latest").stdout == table
    as_json = command(*local(notebook, "--json"))
    assert states(as_json.json()) == {"load": "reused", "sum": "reused"}
    said, *lines = as_json.stderr.splitlines()
    assert said == ENVIRONMENT
    assert [line.split()[:3] for line in lines] == [
        ["load", "reused", "-"],
        ["sum", "reused", "-"],
    ]


def test_failure_names_everything(command: Command, write_notebook) -> None:
    notebook = write_notebook(
        "fails.ipynb",
        ("step:load", "rows = [1, 2]"),
        ("step:bad", "print('before')\nrows.index(9)"),
        ("", "print('never')"),
        ("step:after", "rows"),
        ("step:apart", "apart = 1"),
    )
    ended = command(*local(notebook))
    assert ended.code == 1
    run = command("show", "latest", "--json").json()
    assert (run["state"], states(run)) == (
        "failed",
        {"load": "succeeded", "bad": "failed", "after": "skipped", "apart": "succeeded"},
    )
    digest = run["steps"][0]["outputs"][0]["digest"].removeprefix("sha256:")[:12]
    lines = ended.stderr.strip().splitlines()
    assert lines[:2] == [
        "step bad failed: cell 2, line 2: ValueError: 9 is not in list",
        f"    inputs: rows ({digest})",
    ]
    assert lines[-1] == f"    executed notebook: jupyter mlops notebook {run['run']} bad"
    log = command("logs", "latest", "bad").stdout
    assert log.startswith("before\n")
    assert "never" not in log
    assert "9 is not in list" in log
    path = Path(command("notebook", "latest", "bad").stdout.strip())
    assert "9 is not in list" in path.read_text()


@dataclass(frozen=True)
class Stop:
    """A way to stop a run that is in the middle of a step."""

    name: str
    signal: int | None
    code: int


STOPS = [
    Stop(name="Ctrl-C", signal=signal.SIGINT, code=130),
    Stop(name="SIGTERM", signal=signal.SIGTERM, code=143),
    Stop(name="the cancel command", signal=None, code=1),
]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_stopped_in_the_middle(
    stop: Stop, start, command: Command, write_notebook, tmp_path: Path
) -> None:
    notebook = write_notebook(
        "long.ipynb",
        ("step:first", "ready = True"),
        (
            "step:wait",
            "import subprocess, time\nchild = subprocess.Popen(['sleep', '600'])\n"
            "print('waiting', flush=True)\ntime.sleep(600)",
        ),
        ("step:last", "ready"),
    )
    process = start(*local(notebook))
    assert process.stdout is not None
    family: list[psutil.Process] = []
    for line in process.stdout:
        if line.startswith("wait") and "| waiting" in line:
            family = psutil.Process(process.pid).children(recursive=True)
            break
    assert any(member.name() == "sleep" for member in family)
    if stop.signal is None:
        assert command("cancel", "latest", "--json").json()["state"] == "cancelled"
    else:
        process.send_signal(stop.signal)
    process.communicate(timeout=60)
    assert process.returncode == stop.code
    run = command("show", "latest", "--json").json()
    assert (run["state"], states(run)) == (
        "cancelled",
        {"first": "succeeded", "wait": "cancelled", "last": "cancelled"},
    )
    assert alive(family) == []


def test_a_killed_driver_leaves_a_lost_run(start, command: Command, write_notebook) -> None:
    notebook = write_notebook(
        "long.ipynb", ("step:wait", "import time\nprint('waiting', flush=True)\ntime.sleep(600)")
    )
    process = start(*local(notebook))
    assert process.stdout is not None
    next(line for line in process.stdout if "| waiting" in line)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate(timeout=60)
    followed = command("logs", "latest", "-f")
    assert (followed.code, followed.stdout) == (0, "wait | waiting\n")
    assert command("runs", "--json").json()[0]["state"] == "lost"
    assert alive(family) == []


def alive(family: list[psutil.Process]) -> list[str]:
    """What is left of the processes, after a moment to go."""
    _, left = psutil.wait_procs(family, timeout=20)
    return [" ".join(process.cmdline()) for process in left]


def test_logs_are_followed_to_the_end(start, command: Command, write_notebook) -> None:
    notebook = write_notebook(
        "talks.ipynb",
        (
            "step:talk",
            "import time\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(0.5)",
        ),
    )
    process = start(*local(notebook))
    assert process.stdout is not None
    next(line for line in process.stdout if "| 0" in line)
    assert command("logs", "latest", "talk", "-f").stdout == "0\n1\n2\n"
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_secrets_come_from_a_file(command: Command, notebook_file, tmp_path: Path) -> None:
    cells = [("step:show", "import os\nprint('it is', os.environ['MLOPS_TEST_PW'])")]
    path = notebook_file(cells, settings={"secrets": ["MLOPS_TEST_PW"]})
    missing = command("run", path, "--engine", "local")
    assert (missing.code, missing.stdout) == (2, "")
    assert "step 'show' needs the secret MLOPS_TEST_PW" in missing.stderr
    (tmp_path / "secrets").write_text("MLOPS_TEST_PW=hunter2-secret\n")
    done = command("run", path, "--engine", "local", "--secrets", tmp_path / "secrets")
    said = done.stdout + done.stderr
    assert (done.code, "it is [secret MLOPS_TEST_PW]" in said, "hunter2" in said) == (
        0,
        True,
        False,
    ), said
