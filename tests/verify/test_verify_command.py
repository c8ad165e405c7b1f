"""``jupyter mlops verify`` as a user gives it, on both engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jupyter_mlops.cli.group import cli
from jupyter_mlops.runner import RunRequest
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store
from jupyter_mlops.verify import verify_notebook

CELLS = (
    ("parameters", "n = 1"),
    ("shared", "import os"),
    (
        "step:load",
        "rows = list(range(n))\nprint(len(rows), os.path.basename(os.getcwd()))\nobject()",
    ),
    ("skip", "1 / 0"),
    ("step:split", "half = (r for r in rows)\nrows.append('more')\nrows"),
    ("step:train", "next(half)"),
    ("step:draw", "import random\nrandom.random()"),
    ("step:end,raises-exception", "raise ValueError('on purpose')"),
    ("", "open('given.txt', 'a').write('!')\n1 / 0"),
    ("", "print('never')"),
)


@pytest.fixture
def mlops(store_root: Path) -> Callable[..., Result]:
    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, ["--store", str(store_root), *map(str, arguments)])

    return run


@pytest.mark.kernel
def test_every_verdict(mlops, notebook_file, store_root: Path) -> None:
    path = notebook_file([(tags.split(","), source) for tags, source in CELLS])
    (path.parent / "given.txt").write_text("given")
    before = path.read_bytes()
    done = mlops("verify", path, "--engine", "local", "-p", "n", "3", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (found["notebook"], found["engine"], found["same"]) == (str(path), "local", False)
    assert [(c["cell"], c["cell_id"], c["step"], c["state"]) for c in found["cells"]] == [
        (2, "c2", "", "same"),
        (3, "c3", "load", "same"),
        (5, "c5", "split", "same"),
        (6, "c6", "train", "refused"),
        (7, "c7", "draw", "not deterministic"),
        (8, "c8", "end", "same"),
        (9, "c9", "end", "same"),
        (10, "c10", "end", "not run"),
    ]
    assert (path.read_bytes(), (path.parent / "given.txt").read_text()) == (before, "given")
    assert list((store_root / "cache").glob("verify-*")) == []
    (run,) = json.loads(mlops("runs", "--json").stdout)
    assert (run["run"], run["parameters"][0]["value"]) == (found["run"], 3)
    assert run["reason"] == "verifies that the pipeline gives what the notebook gives"


@pytest.mark.kernel
def test_data_folders_and_secrets(
    mlops, notebook_file, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "hunter2-secret")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("a")
    source = "import os\nprint(len(os.environ['DB_PASSWORD']), open('../data/a.csv').read())"
    settings = {"data": ["../data"], "secrets": ["DB_PASSWORD"]}
    path = notebook_file([("step:a", source), ("step:b", "os")], settings=settings)
    done = mlops("verify", path, "--engine", "local")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "2 same"), done.output
    assert "hunter2" not in done.output


@pytest.mark.kernel
def test_text_and_exit_code_of_an_honest_notebook(mlops, notebook_file) -> None:
    path = notebook_file(
        [("step:a", "import random\nx = 1\nprint(random.random())"), ("step:b", "x")]
    )
    done = mlops("verify", path, "--engine", "local")
    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert (lines[1], lines[-2], lines[-1]) == (
        "cell 1 (a): not deterministic: two runs in one kernel differ from one another",
        "cell 2 (b): same",
        "1 not deterministic, 1 same",
    )


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        ("print(x", (), "ML501"),
        ("print(x)", (), "ML301"),
        ("x = 1", ("-p", "m", "1"), "m"),
        ("x = 1", ("--params", "none.json"), "none.json cannot be read"),
    ],
)
def test_bad_usage(mlops, notebook_file, source: str, arguments, message: str) -> None:
    path = notebook_file([("parameters", "n = 1"), ("step:a", source)])
    done = mlops("verify", path, "--engine", "local", *arguments)
    assert (done.exit_code, message in done.stderr) == (2, True), done.output


@pytest.mark.docker
def test_in_containers(notebook_file, step_image: str, shared_cache, store_root) -> None:
    cells = [
        ("step:a", "x = [1]\nprint(__import__('os').getcwd())\nopen('f', 'w')"),
        ("step:b", "x"),
    ]
    path = notebook_file(cells)
    store = Store(store_root).open()
    store.cache = shared_cache
    found = verify_notebook(
        RunRequest(notebook=path, engine="docker"), store=store, settings=load_settings()
    )
    assert [(c.step, c.state) for c in found.cells] == [("a", "same"), ("b", "same")], found
    assert (found.same, found.engine) == (True, "docker")
