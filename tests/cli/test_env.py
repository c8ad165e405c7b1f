"""``env``: shown, refreshed, compared."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from packages import STEP, Index
from recorded import record_runs

from jupyter_mlops.environments.target import target_for
from jupyter_mlops.model import identity
from jupyter_mlops.model.run import Environment

PYTHON = ".".join(platform.python_version_tuple()[:2])
BETA_14 = {"beta": "1.4", **STEP}
BETA_19 = {"beta": "1.9", **STEP}


@pytest.fixture
def notebook(tmp_path: Path, write_notebook, index: Index, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Steps `load` and `train`; requirements beside it take the newest beta, `old.txt` does not."""
    monkeypatch.setenv("JUPYTER_MLOPS_INDEX_URL", index.url)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    path = write_notebook("n.ipynb", ("step:load", "x = 1"), ("step:train", "y = x"))
    (path.parent / "requirements.txt").write_text("beta\n")
    (path.parent / "old.txt").write_text("beta<1.5\n")
    return path


def set_environment(notebook: Path, cell: int, value: str) -> None:
    document = json.loads(notebook.read_text())
    document["cells"][cell]["metadata"]["jupyter_mlops"] = {"environment": value}
    notebook.write_text(json.dumps(document))


def environment(
    index: Index, steps: list[str], source: str, packages: dict[str, str]
) -> dict[str, Any]:
    pins = "".join(index.pin(*pin) for pin in sorted(packages.items()))
    lock = f"# Python {PYTHON}\n# Platform {target_for(PYTHON).platform}\n{pins}"
    return {
        "steps": steps,
        "source": source,
        "python": PYTHON,
        "lock": identity.of_bytes(lock.encode()),
        "packages": packages,
        "wheels": [],
        "warnings": [],
        "diff": None,
    }


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    settings: dict[int, str]
    options: tuple[str, ...] = ()
    expected: tuple[tuple[list[str], str, dict[str, str]], ...]


BOTH = ["load", "train"]
CASES = [
    Case(
        title="what lies beside the notebook",
        settings={},
        expected=((BOTH, "requirements.txt", BETA_19),),
    ),
    Case(
        title="a step with a file of its own",
        settings={1: "old.txt"},
        expected=((["load"], "requirements.txt", BETA_19), (["train"], "old.txt", BETA_14)),
    ),
    Case(
        title="a choice on the command line holds for every step",
        settings={1: "requirements.txt"},
        options=("--environment", "{project}/old.txt"),
        expected=((BOTH, "old.txt", BETA_14),),
    ),
    Case(
        title="imports",
        settings={0: "imports"},
        options=("--environment", "imports"),
        expected=((BOTH, "imports of the notebook, versions of kernel 'python3'", STEP),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_env(case: Case, notebook: Path, index: Index, mlops, store) -> None:
    for cell, value in case.settings.items():
        set_environment(notebook, cell, value)
    options = [option.replace("{project}", str(notebook.parent)) for option in case.options]
    answer = json.loads(mlops("env", notebook, *options, "--json").stdout)
    expected = [environment(index, *one) for one in case.expected]
    assert answer == {"notebook": str(notebook), "environments": expected}
    for one in expected:
        text = store.objects.read_bytes(one["lock"]).decode()
        assert all(f"{name}=={version} " in text for name, version in one["packages"].items())


def test_the_text_names_source_python_lock_and_packages(
    notebook: Path, index: Index, mlops
) -> None:
    expected = environment(index, BOTH, "requirements.txt", BETA_19)
    lines = mlops("env", notebook).stdout.splitlines()
    assert lines[:4] == [
        "source    requirements.txt",
        f"python    {PYTHON}",
        f"lock      {expected['lock'].removeprefix('sha256:')[:12]}",
        "packages  5",
    ]
    assert [line.split() for line in lines[4:]] == [[*pin] for pin in sorted(BETA_19.items())]


def test_update_asks_the_index_again(
    notebook: Path, mlops, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = mlops("env", notebook, "--json").stdout
    monkeypatch.setenv("JUPYTER_MLOPS_INDEX_URL", "http://127.0.0.1:1/simple")
    assert mlops("env", notebook, "--json").stdout == first
    refused = mlops("env", notebook, "--update", "--json")
    assert refused.exit_code == 1
    assert "Failed to fetch" in json.loads(refused.stdout)["message"]


def test_diff(notebook: Path, index: Index, mlops, store, tmp_path: Path) -> None:
    packages = {**BETA_14, "alpha-lib": "2.1"}
    del packages["tornado"]
    earlier = Environment(digest="d", engine="docker", python="3.11.2", packages=packages)
    first, *_ = record_runs(store, tmp_path)
    (load,) = first.steps
    run = replace(first, steps=(replace(load, environment=replace(earlier, source="uv.lock")),))
    store.catalog.save_run(run)
    answer = json.loads(mlops("env", notebook, "--diff", run.run, "--json").stdout)
    recorded = environment(index, ["load"], "requirements.txt", BETA_19) | {
        "diff": {
            "run": run.run,
            "source": "uv.lock",
            "python": "3.11.2",
            "packages": {
                "added": {"tornado": "6.5"},
                "removed": {"alpha-lib": "2.1"},
                "changed": {"beta": ["1.4", "1.9"]},
            },
        }
    }
    new = environment(index, ["train"], "requirements.txt", BETA_19)
    assert answer == {"notebook": str(notebook), "environments": [recorded, new]}
    lines = mlops("env", notebook, "--diff", run.run).stdout.splitlines()
    begin = lines.index(f"against   run {run.run}: Python 3.11.2 from uv.lock") + 1
    assert [line.split() for line in lines[begin : begin + 4]] == [
        ["package", "run", "now"],
        ["alpha-lib", "removed", "2.1"],
        ["beta", "changed", "1.4", "1.9"],
        ["tornado", "added", "6.5"],
    ]


def test_what_is_missing_is_an_error(notebook: Path, mlops) -> None:
    set_environment(notebook, 1, "gone.txt")
    answer = mlops("env", notebook, "--json")
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert found["message"] == f"the environment gone.txt is not there: {notebook.parent}/gone.txt"


def lay_venv(store: Path, name: str, *, days: float) -> Path:
    """An environment as the local engine leaves it, last used so many days ago."""
    folder = store / "cache" / "environments" / name
    (folder / "lib" / f"python{PYTHON}" / "site-packages").mkdir(parents=True)
    mark = folder / "jupyter-mlops.json"
    told = {"lock": f"sha256:{name * 4}", "python": f"{PYTHON}.7", "packages": 9, "size": 5_200_000}
    mark.write_text(json.dumps({**told, "site": 1}))
    used = time.time() - days * 24 * 60 * 60
    os.utime(mark, (used, used))
    return folder


def test_environments_are_listed_and_unused_ones_removed(
    mlops, store, store_root: Path, tmp_path: Path
) -> None:
    assert mlops("env", "list").stdout == "no environments\n"
    old = lay_venv(store_root, "0123456789abcdef", days=40)
    new = lay_venv(store_root, "fedcba9876543210", days=2)
    head, *rows = mlops("env", "list").stdout.splitlines()
    assert head.split() == ["environment", "python", "packages", "size", "lock", "used"]
    assert [row.split()[:6] for row in rows] == [
        [folder.name, f"{PYTHON}.7", "9", "5", "MB", (folder.name * 4)[:12]]
        for folder in (new, old)
    ]
    dry = mlops("env", "gc", "--dry-run")
    assert dry.stdout == f"would be removed: {old} (5 MB)\n1 would be removed, 1 kept\n"
    done = json.loads(mlops("env", "gc", "--json").stdout)
    assert ([venv["folder"] for venv in done["removed"]], done["kept"]) == ([str(old)], 1)
    assert mlops("env", "gc", "--keep", "3").stdout == "0 removed, 1 kept\n"
    first, *_ = record_runs(store, tmp_path)
    begun = datetime.fromtimestamp(time.time() - 3 * 24 * 60 * 60, UTC).isoformat()
    store.catalog.save_run(replace(first, state="running", started=begun, ended=None))
    assert mlops("env", "gc", "--keep", "1").stdout == "0 removed, 1 kept\n"  # the run may need it
    store.catalog.save_run(replace(first, started=begun))
    assert mlops("env", "gc", "--keep", "1").stdout.endswith("1 removed, 0 kept\n")
    assert (old.exists(), new.exists()) == (False, False)
