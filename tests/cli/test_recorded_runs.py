"""Commands about the past, over a store in which three runs are on record."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from recorded import TRAIN_EVENTS, event_lines, load_execution, record_runs

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.run import Run
from jupyter_mlops.store import Store, observed_flow


@pytest.fixture
def runs(store: Store, tmp_path: Path) -> list[Run]:
    return record_runs(store, tmp_path)


@dataclass(frozen=True)
class Case:
    """A command and all that it answers; ``{tmp}`` stands for the test's folder."""

    name: str
    arguments: str
    stdout: str = ""
    stderr: str = ""
    code: int = 0


SHOWN = """\
run 20260101-first  succeeded  2.0 s  local engine
notebook    /home/ada/analysis.ipynb
reason      command line
pipeline    0123456789ab
parameters  n=5, rate=0.1235 (command line)

step  state      duration  key           why
load  succeeded  1.2 s     0123456789ab  first run

metrics
load  loss  nan
load  rows  3

fetched
load  https://example.com/iris.csv?key=***
load  h10.org:80
load  h11.org:80
load  h12.org:80
load  h13.org:80
load  h14.org:80
load  h15.org:80
load  h16.org:80
load  h17.org:80
load  h18.org:80
load  … and 2 more in `show --json`

executed notebooks
load  {tmp}/executed/01-load.ipynb
"""

FAILED = """\
run 20260102-second  failed  1 min 31 s  local engine
notebook    /home/ada/analysis.ipynb
reason      command line
changed     data/x.csv (changed)
            more.csv (new)
pipeline    0123456789ab

step    state    duration    key           why
load    reused   -           0123456789ab  equal key
train   failed   1 min 30 s  -             cell 7 raised ValueError
report  skipped  -           -             step train failed

metrics
load  loss  nan
load  rows  3

fetched
load  https://example.com/iris.csv?key=***
load  h10.org:80
load  h11.org:80
load  h12.org:80
load  h13.org:80
load  h14.org:80
load  h15.org:80
load  h16.org:80
load  h17.org:80
load  h18.org:80
load  … and 2 more in `show --json`

executed notebooks
load  {tmp}/executed/01-load.ipynb

step train failed: cell 7, line 2: ValueError: no rows
    inputs: df, view (0123456789ab), data/x.csv (0123456789ab)
"""

FLOW = """
observed data flow
step    reads                        writes
load    -                            df, view
train   df, view ← load; data/x.csv  -
report  -                            -
"""

ANSWERS = [
    Case(name="show", arguments="show 20260101", stdout=SHOWN),
    Case(name="show flow", arguments="show 20260102-s --flow", stdout=FAILED + FLOW),
    Case(
        name="show failed",
        arguments="show 20260102-s",
        stdout=FAILED,
    ),
    Case(
        name="ambiguous prefix",
        arguments="show 20260102",
        stderr="error: '20260102' names more than one run: 20260102-third, 20260102-second\n"
        "    fix: give more of the run's name\n",
        code=2,
    ),
    Case(
        name="unknown run",
        arguments="show nope",
        stderr="error: no run is named 'nope'\n    fix: `jupyter mlops runs` lists the runs\n",
        code=2,
    ),
    Case(
        name="wildcards are no prefix",
        arguments="show %",
        stderr="error: no run is named '%'\n    fix: `jupyter mlops runs` lists the runs\n",
        code=2,
    ),
    Case(
        name="log of one step, from the recorded object",
        arguments="logs 20260101 load",
        stdout="three rows\n100%\n<Axes>\n",
    ),
    Case(
        name="logs of a run, from objects and from files of every attempt",
        arguments="logs 20260102-second",
        stdout="load   | three rows\nload   | 100%\nload   | <Axes>\n"
        "train  | unfinished\ntrain  | Traceback\ntrain  | no rows\n"
        "train  | Traceback\ntrain  | no rows\n",
    ),
    Case(
        name="following a run that has ended ends",
        arguments="logs 20260101 load -f",
        stdout="three rows\n100%\n<Axes>\n",
    ),
    Case(
        name="log as events",
        arguments="logs 20260102-second train --json",
        stdout=event_lines(TRAIN_EVENTS + TRAIN_EVENTS[1:]).decode(),
    ),
    Case(
        name="unknown step",
        arguments="logs 20260102-second trian",
        stderr="error: run 20260102-second has no step 'trian'\n"
        "    fix: its steps are: load, train, report\n",
        code=2,
    ),
    Case(
        name="path of a notebook",
        arguments="notebook 20260101 load",
        stdout="{tmp}/executed/01-load.ipynb\n",
    ),
    Case(
        name="a step without a notebook",
        arguments="notebook 20260102-second report",
        stderr="error: step report of run 20260102-second has no executed notebook: it is skipped\n"
        "    fix: step train failed\n",
        code=1,
    ),
    Case(
        name="no overwriting",
        arguments="notebook 20260101 load -o {tmp}/executed/01-load.ipynb",
        stderr="error: {tmp}/executed/01-load.ipynb exists\n"
        "    fix: choose another file, or add --force\n",
        code=1,
    ),
    Case(
        name="export into a folder that is not there",
        arguments="notebook 20260101 load -o {tmp}/none/a.ipynb",
        stderr="error: {tmp}/none/a.ipynb: No such file or directory\n",
        code=1,
    ),
    Case(name="no runs", arguments="runs --state cancelled", stdout="no runs\n"),
]


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case.name)
def test_answer(case: Case, runs, mlops, tmp_path: Path) -> None:
    def here(text: str) -> str:
        return text.replace("{tmp}", str(tmp_path))

    result = mlops(*here(case.arguments).split())
    assert (result.stdout, result.stderr, result.exit_code) == (
        here(case.stdout),
        here(case.stderr),
        case.code,
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", [2, 1, 0]),
        ("-n 1", [2]),
        ("--state failed", [1]),
        ("--notebook /home/ada/analysis.ipynb", [1, 0]),
        ("--notebook /home/ada/analysis.ipynb --state succeeded", [0]),
    ],
)
def test_list_of_runs(arguments: str, expected: list[int], runs, mlops) -> None:
    listed = json.loads(mlops("runs", "--json", *arguments.split()).stdout)
    assert [run["run"] for run in listed] == [runs[i].run for i in expected]


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def test_table_of_runs(runs, mlops, utc) -> None:
    assert mlops("runs", "--notebook", "/home/ada/analysis.ipynb").stdout == (
        "run              state      started              duration    steps"
        "                          notebook\n"
        "20260102-second  failed     2026-01-02 10:00:00  1 min 31 s  1 reused, 1 failed, 1 skipped"
        "  /home/ada/analysis.ipynb\n"
        "20260101-first   succeeded  2026-01-01 10:00:00  2.0 s       1 succeeded"
        "                    /home/ada/analysis.ipynb\n"
    )


def test_json_of_a_run_is_the_run_and_its_flow(runs, mlops) -> None:
    expected = {**to_json(runs[1]), "flow": to_json(observed_flow(runs[1]))}
    expected |= {"tags": [], "note": "", "aliases": [], "labels": []}
    expected["steps"][0]["metrics"]["loss"] = "NaN"
    assert json.loads(mlops("show", "20260102-s", "--json").stdout) == expected


def test_an_error_is_json_where_json_was_asked_for(runs, mlops) -> None:
    result = mlops("show", "nope", "--json")
    assert (json.loads(result.stdout), result.stderr, result.exit_code) == (
        {
            "error": "UnknownRun",
            "message": "no run is named 'nope'",
            "fix": "`jupyter mlops runs` lists the runs",
        },
        "",
        2,
    )


def test_latest_is_the_newest_run(runs, mlops) -> None:
    assert json.loads(mlops("show", "latest", "--json").stdout)["run"] == runs[2].run


def test_latest_of_no_runs(mlops) -> None:
    assert mlops("show", "latest").exit_code == 2


def test_export(runs, mlops, tmp_path: Path) -> None:
    target = tmp_path / "copy.ipynb"
    target.write_text("old")
    result = mlops("notebook", "20260101", "load", "-o", target, "--force", "--json")
    assert json.loads(result.stdout) == {
        "run": "20260101-first",
        "step": "load",
        "notebook": str(target),
    }
    assert target.read_text() == "executed"


def test_export_onto_itself_keeps_the_notebook(runs, mlops, tmp_path: Path) -> None:
    path = tmp_path / "executed" / "01-load.ipynb"
    assert mlops("notebook", "20260101", "load", "-o", path, "--force").exit_code == 0
    assert path.read_text() == "executed"


def test_export_of_a_lost_notebook_comes_from_the_store(
    runs, mlops, store: Store, tmp_path: Path
) -> None:
    digest = store.objects.put_bytes(b"recorded")
    store.catalog.record_execution(load_execution(digest))
    shutil.rmtree(tmp_path / "executed")
    gone = mlops("notebook", "20260101", "load")
    assert gone.exit_code == 1
    assert "jupyter mlops notebook 20260101-first load -o FILE" in gone.stderr
    assert mlops("notebook", "20260101", "load", "-o", tmp_path / "new.ipynb").exit_code == 0
    assert (tmp_path / "new.ipynb").read_bytes() == b"recorded"


def test_shell_completes_names_of_runs(runs, mlops, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from jupyter_mlops.cli.group import cli

    result = CliRunner().invoke(
        cli,
        prog_name="jupyter-mlops",
        env={
            "_JUPYTER_MLOPS_COMPLETE": "bash_complete",
            "COMP_WORDS": f"jupyter-mlops --store {tmp_path}/store show 202601",
            "COMP_CWORD": "4",
        },
    )
    assert result.stdout.split() == [
        "plain,20260102-third",
        "plain,20260102-second",
        "plain,20260101-first",
    ]
