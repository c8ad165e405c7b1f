"""What a user can get wrong, and what the command says to it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.compiler import analyse_notebook
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.notebook import read_notebook

NOTEBOOK = (
    (
        "parameters",
        "from typing import Literal\nn: int = 5\nname = 'x'\nkind: Literal['a', 'b'] = 'a'",
    ),
    ("step:load", "rows = list(range(n))"),
    ("step:sum", "total = sum(rows)"),
)


FLOW = """\
step  reads           writes
load  n ← parameters  rows
sum   rows ← load     1 not carried
"""


@dataclass(frozen=True)
class Case:
    """A command that is refused: words that its message must have, and the exit code."""

    name: str
    arguments: str
    message: tuple[str, ...]
    code: int = 2


CASES = [
    Case(name="no such file", arguments="run none.ipynb", message=("none.ipynb", "no such file")),
    Case(name="a folder", arguments="check {project}", message=("is a folder",)),
    Case(name="not a notebook", arguments="run text.ipynb",
         message=("text.ipynb is not a notebook", "not JSON")),
    Case(name="JSON, but no notebook", arguments="check json.ipynb",
         message=("json.ipynb is not a notebook",)),
    Case(name="empty file", arguments="compile empty.ipynb -o out",
         message=("empty.ipynb is not a notebook",)),
    Case(name="no cells", arguments="run cells.ipynb",
         message=("cells.ipynb cannot be compiled",)),
    Case(name="another language", arguments="run julia.ipynb", message=("julia",)),
    Case(name="undeclared parameter", arguments="run good.ipynb -p nmae y",
         message=("nmae", "name")),
    Case(name="wrong type", arguments="run good.ipynb -p n many", message=("n", "int", "many")),
    Case(name="not one of the values", arguments="run good.ipynb -p kind c",
         message=("kind", "a", "b")),
    Case(name="undeclared parameter in a file", arguments="run good.ipynb --params typo.json",
         message=("nmae", "name")),
    Case(name="wrong type in a file", arguments="run good.ipynb --params type.yaml",
         message=("n", "int")),
    Case(name="no such parameter file", arguments="run good.ipynb --params none.yaml",
         message=("none.yaml cannot be read",)),
    Case(name="tag typo", arguments="run typo.ipynb", message=("cell 2", "step:train")),
    Case(name="undefined name", arguments="run undefined.ipynb", message=("cell 1", "nowhere")),
    Case(name="unknown resource", arguments="run resource.ipynb", message=("cpu", "cpus")),
    Case(name="what a local engine cannot honour", arguments="run gpu.ipynb --engine local",
         message=("gpu", "local")),
    Case(name="unknown run", arguments="cancel nope", message=("no run is named 'nope'",)),
    Case(name="unknown run to go on from", arguments="run --resume nope",
         message=("no run is named 'nope'",)),
    Case(name="a folder in the way of a compiled pipeline",
         arguments="compile good.ipynb --no-lock -o {project}",
         message=("is not a pipeline folder",), code=1),
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, write_notebook) -> Path:
    folder = write_notebook("good.ipynb", *NOTEBOOK).parent
    (folder / "text.ipynb").write_text("load the data")
    (folder / "json.ipynb").write_text("[]")
    (folder / "empty.ipynb").write_text("")
    (folder / "typo.json").write_text('{"nmae": "y"}')
    (folder / "type.yaml").write_text("n: many\n")
    write_notebook("cells.ipynb")
    write_notebook("typo.ipynb", ("step:load", "x = 1"), ("step train", "y = x"))
    write_notebook("undefined.ipynb", ("step:a", "x = nowhere + 1"))
    for name, settings in (("resource", {"cpu": 2}), ("gpu", {"gpus": 1})):
        path = write_notebook(f"{name}.ipynb", ("step:a", "x = 1"))
        document = json.loads(path.read_text())
        document["cells"][0]["metadata"]["jupyter_mlops"] = settings
        path.write_text(json.dumps(document))
    path = write_notebook("julia.ipynb", ("step:a", "x = 1"))
    document = json.loads(path.read_text())
    document["metadata"] = {"kernelspec": {"name": "julia-1.10", "language": "julia"}}
    path.write_text(json.dumps(document))
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("json_too", [False, True], ids=["text", "json"])
def test_refusal(
    case: Case, json_too: bool, project: Path, mlops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    arguments = case.arguments.replace("{project}", str(project)).split()
    before = {path: path.stat().st_mtime_ns for path in project.iterdir()}
    result = mlops(*arguments, *(["--json"] if json_too else []))
    if json_too:
        error = json.loads(result.stdout)
        text = f"{error['message']} {error['fix']}"
    else:
        text = result.stderr
        assert text.startswith("error: ")
        assert result.stdout == ""
    assert [word for word in case.message if word not in text] == []
    assert result.exit_code == case.code
    assert {path: path.stat().st_mtime_ns for path in project.iterdir()} == before
    assert json.loads(mlops("runs", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Usage:"),
        ("rum", "No such command 'rum'"),
        ("run", "Missing argument 'NOTEBOOK' (or --resume RUN)"),
        ("run --resume latest --fresh", "--resume and --fresh contradict each other"),
        ("compile a.ipynb", "Missing option '-o'"),
        ("run a.ipynb -p n", "requires 2 arguments"),
        ("run a.ipynb --engine cloud", "'cloud' is not one of"),
        ("runs --state done", "'done' is not one of"),
        ("runs -n 0", "0 is not in the range"),
    ],
)
def test_the_command_line_itself(arguments: str, message: str, mlops) -> None:
    result = mlops(*arguments.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_check_of_a_good_notebook(project: Path, mlops) -> None:
    result = mlops("check", project / "good.ipynb")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{FLOW}{project}/good.ipynb: 0 errors, 0 warnings\n"
    answer = json.loads(mlops("check", project / "good.ipynb", "--json").stdout)
    flow = analyse_notebook(read_notebook(project / "good.ipynb")).flow
    assert answer == {
        "notebook": f"{project}/good.ipynb",
        "diagnostics": [],
        "flow": to_json(flow),
    }


def test_check_names_cell_and_fix(project: Path, mlops) -> None:
    text = mlops("check", project / "typo.ipynb")
    assert (text.exit_code, text.stdout) == (
        1,
        "step  reads  writes\n"
        "load  -      2 not carried\n"
        "ML101 error: cell 2: tag 'step train' has no meaning\n"
        "    fix: did you mean `step:train`?\n"
        f"{project}/typo.ipynb: 1 error, 0 warnings\n",
    )
    answer = mlops("check", project / "typo.ipynb", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (
        1,
        {
            "notebook": f"{project}/typo.ipynb",
            "diagnostics": [
                {
                    "code": "ML101",
                    "message": "tag 'step train' has no meaning",
                    "fix": "did you mean `step:train`?",
                    "severity": "error",
                    "cell": 2,
                    "cell_id": "cell-2",
                    "line": None,
                    "edit": {
                        "cell_id": "cell-2",
                        "kind": "replace-tag",
                        "old": "step train",
                        "new": "step:train",
                        "line": None,
                    },
                }
            ],
            "flow": to_json(analyse_notebook(read_notebook(project / "typo.ipynb")).flow),
        },
    )


def test_compile_writes_the_same_bytes_twice(project: Path, mlops, tmp_path: Path) -> None:
    def written(folder: str) -> dict[str, bytes]:
        result = mlops("compile", project / "good.ipynb", "--no-lock", "-o", tmp_path / folder)
        assert result.stdout == f"{FLOW}2 steps (load, sum) written to {tmp_path / folder}\n"
        paths = (tmp_path / folder).rglob("*.*")
        return {str(p.relative_to(tmp_path / folder)): p.read_bytes() for p in paths}

    first = written("one")
    assert sorted(first) == ["README.md", "pipeline.json", "stages/load.ipynb", "stages/sum.ipynb"]
    assert written("two") == first


def test_a_store_that_is_something_else(mlops, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "photo.jpg").touch()
    result = mlops("runs")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "store is not a store: it has no VERSION, but holds photo.jpg" in result.stderr


def test_a_setting_of_the_wrong_type(mlops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_MLOPS_MAX_FILES", "many")
    result = mlops("runs")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")


HEAVY = ["papermill", "nbformat", "sqlalchemy", "docker", "rich", "pandas", "IPython", "traitlets"]


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom jupyter_mlops.cli import main\nsys.argv[1:] = ['--help']\n"
        f"try: main()\nexcept SystemExit: print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.stdout.splitlines()[-1], ran.stderr) == ("[]", "")
