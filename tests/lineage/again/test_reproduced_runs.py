"""Runs that are made again after their notebook, data, modules and packages are gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from click.testing import CliRunner
from projects import Project

from jupyter_mlops.cli.group import cli
from jupyter_mlops.environments.recreate import Recreator
from jupyter_mlops.environments.venv import list_venvs
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.lineage.past import NotReproducible
from jupyter_mlops.lineage.reproduce import reproduce_run
from jupyter_mlops.model.reproduction import ReproducedItem
from jupyter_mlops.model.run import Environment, Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.runner.secret_values import SecretError
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import check_store

pytestmark = pytest.mark.kernel

BOOK = (
    ("parameters", "n: int = 3"),
    ("shared", "import os"),
    (
        "step:load",
        "from helper import double\n"
        "rows = [double(int(line)) for line in open('data/numbers.txt')]\n"
        "print(rows, sorted(os.listdir('data')))",
    ),
    ("step:chance", "noise = os.urandom(4)\nopen('noise.bin', 'wb').write(noise)"),
    ("metrics", "total = sum(rows) * n"),
    ("step:end", "print('the end of', total)\n1 / 0"),
)


def write(project: Project) -> None:
    project.write(*BOOK)
    (project.folder / "data").mkdir()
    (project.folder / "data/numbers.txt").write_text("1\n2\n")
    (project.folder / "data/other.txt").write_text("never read")
    (project.folder / "helper.py").write_text("def double(n):\n    return 2 * n\n")


def run(project: Project, engine: Literal["local", "docker"], environment: str | None) -> Run:
    request = RunRequest(
        notebook=project.notebook,
        engine=engine,
        environment=environment,
        text_parameters={"n": "5"},
    )
    store = project.store
    try:
        return run_pipeline(request, store=store, settings=load_settings())
    finally:
        store.close()


def verdicts(items: Iterable[Any]) -> list[tuple[str, str, str, str]]:
    fields = ("step", "kind", "name", "verdict")
    return [tuple(item[field] for field in fields) for item in items]


EXPECTED = [
    ("load", "cell", "2", "identical"),
    ("load", "cell", "3", "identical"),
    ("load", "step", "load", "identical"),
    ("load", "variables", "rows", "identical"),
    ("chance", "cell", "4", "identical"),
    ("chance", "cell", "5", "identical"),
    ("chance", "step", "chance", "identical"),
    ("chance", "variables", "total", "identical"),
    ("chance", "file", "noise.bin", "not deterministic"),
    ("chance", "metric", "total", "identical"),
    ("end", "cell", "6", "identical"),
    ("end", "step", "end", "identical"),
]


def reproduce(project: Project, *arguments: str) -> tuple[int, dict[str, Any]]:
    given = ["--store", str(project.store.root), "reproduce", *arguments, "--json"]
    done = CliRunner().invoke(cli, given)
    return done.exit_code, json.loads(done.stdout)


def test_a_run_in_locked_packages_of_which_nothing_is_left(project: Project) -> None:
    write(project)
    recorded = run(project, "local", "locked")
    for venv in list_venvs(project.store.cache):
        for folder in venv.folder.glob("lib/python*/site-packages"):
            folder.chmod(0o755)
        shutil.rmtree(venv.folder)
    shutil.rmtree(project.folder)
    code, found = reproduce(project, recorded.run)
    assert (code, found["verdict"], found["engine"]) == (3, "not deterministic", "local")
    assert verdicts(found["items"]) == EXPECTED
    assert (found["first"]["kind"], found["first"]["name"]) == ("file", "noise.bin")
    assert found["notes"] == ["files that were only listed, and stand there empty: 1"]
    store = project.store
    again = [store.catalog.find_run(name) for name in found["again"]]
    assert [one.reason.partition(",")[0] for one in again] == [f"reproduces {recorded.run}"] * 2
    assert {one.notebook for one in again} == {recorded.notebook}
    assert {report.state for one in again for report in one.steps} == {"succeeded", "failed"}
    keys = [[report.key for report in one.steps[:2]] for one in (recorded, *again)]
    assert keys[1:] == keys[:1] * 2
    assert (project.folder.exists(), list(store.cache.glob("again-*"))) == (False, [])
    assert check_store(store) == ()


@pytest.mark.docker
def test_a_run_in_containers_and_one_step_of_it(project: Project, step_image: str) -> None:
    write(project)
    recorded = run(project, "docker", None)
    project.edit("double", "triple")
    (project.folder / "data/numbers.txt").write_text("7\n")
    (project.folder / "helper.py").unlink()
    code, found = reproduce(project, recorded.run, "--step", "load")
    assert (code, found["verdict"], found["step"]) == (0, "identical", "load")
    assert verdicts(found["items"]) == EXPECTED[:4]
    environment = recorded.steps[0].environment
    assert environment is not None
    assert made(project, replace(environment, image=f"sha256:{'0' * 64}")).image == (
        environment.image
    )


def made(project: Project, environment: Environment) -> Environment:
    """The environment made again on its own engine."""
    store = project.store
    return Recreator(
        engine=environment.engine,
        kernel="python3",
        settings=load_settings(),
        store_cache=store.cache,
        read=store.objects.read_bytes,
        on_line=print,
    ).recreate(environment, own_image=False)


def test_what_differs_is_told_by_its_first_item(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of the machine's environment is on no record."""
    project.write(
        ("step:look", "import os\nwhat = os.environ['TICK_OF_TEST']"),
        ("step:show", "sizes = [float(what)]\nprint('it is', what)"),
    )
    monkeypatch.setenv("TICK_OF_TEST", "1.5")
    recorded = project.run()
    monkeypatch.setenv("TICK_OF_TEST", "1.7")
    found = reproduce_run(project.store, recorded.run, settings=load_settings())
    assert (found.verdict, found.first) == (
        "differs",
        ReproducedItem(
            step="look",
            kind="variables",
            name="what",
            verdict="differs",
            why="what: '1.5' → '1.7'",
        ),
    )
    cell = next(item for item in found.items if (item.step, item.kind) == ("show", "cell"))
    assert (cell.verdict, cell.why, cell.diff.splitlines()[-2:]) == (
        "differs",
        "stream stdout differs",
        ["-it is 1.5", "+it is 1.7"],
    )
    found = reproduce_run(project.store, recorded.run, settings=load_settings(), step="show")
    assert found.verdict == "identical"


def test_what_cannot_be_made_again_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = project.home / "elsewhere.txt"
    elsewhere.write_text("then")
    monkeypatch.setenv("TOKEN_OF_TEST", "a-long-secret-value")
    project.write(
        ("step:load", f"text = open({str(elsewhere)!r}).read()"),
        ("step:use", "import os\nprint(len(os.environ['TOKEN_OF_TEST']), text)\nopen('given.txt')"),
        ("step:never", "print(text)\n'{'.format()"),
    )
    document = json.loads(project.notebook.read_text())
    document["cells"][1]["metadata"]["jupyter_mlops"] = {"secrets": ["TOKEN_OF_TEST"]}
    project.notebook.write_text(json.dumps(document))
    recorded = project.run()
    assert [report.state for report in recorded.steps] == ["succeeded", "failed", "failed"]
    environment = recorded.steps[0].environment
    assert environment is not None

    def refused(why: str, action: Callable[[], object], error: type[Exception]) -> None:
        with pytest.raises(error, match=why):
            action()

    def again() -> object:
        return reproduce_run(project.store, recorded.run, settings=load_settings())

    elsewhere.write_text("now")
    refused("elsewhere.txt has changed", again, NotReproducible)
    elsewhere.unlink()
    refused("elsewhere.txt is gone", again, NotReproducible)
    elsewhere.write_text("then")
    monkeypatch.delenv("TOKEN_OF_TEST")
    refused("nobody gives its value", again, SecretError)
    other = replace(environment, packages={"numpy": "0.1"})
    refused("numpy .* instead of 0.1", lambda: made(project, other), EnvironmentFailure)
    gone = replace(environment, interpreter="/nowhere/python")
    refused("/nowhere/python is gone", lambda: made(project, gone), EnvironmentFailure)
    assert [one.run for one in project.store.catalog.list_runs()] == [recorded.run]


def test_data_folders_are_read_where_they_are(project: Project) -> None:
    pool = project.home / "pool"
    pool.mkdir()
    (pool / "rows.txt").write_text("1.5")
    project.write(("step:load", "import os\nprint(open('../pool/rows.txt').read(), os.getcwd())"))
    document = json.loads(project.notebook.read_text())
    document["cells"][0]["metadata"]["jupyter_mlops"] = {"data": ["../pool"]}
    project.notebook.write_text(json.dumps(document))
    recorded = project.run()
    shutil.rmtree(project.folder)
    code, found = reproduce(project, recorded.run)
    assert (code, [item["verdict"] for item in found["items"]]) == (0, ["identical"] * 2)
    (pool / "rows.txt").write_text("1.6")
    code, found = reproduce(project, recorded.run)
    assert (code, str(pool / "rows.txt") in found["message"]) == (4, True)


def test_a_run_whose_files_nobody_has_is_refused(project: Project) -> None:
    write(project)
    recorded = project.run()
    store = project.store
    kept = store.catalog.execution(str(recorded.steps[0].execution)).kept
    for ref in kept:
        if ref.path == "data/numbers.txt":
            store.objects.path(str(ref.digest)).unlink()
    (project.folder / "data/numbers.txt").write_text("other")
    code, found = reproduce(project, recorded.run)
    assert (code, found["error"]) == (4, "NotReproducible")
    assert "data/numbers.txt is not in the store" in found["message"]


def test_files_that_may_hold_secrets_are_not_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOKEN_OF_TEST", "a-long-secret-value")
    project.write(
        ("step:load", "texts = [len(open(n).read()) for n in ('.env', 'plain.txt', 'holds.txt')]")
    )
    document = json.loads(project.notebook.read_text())
    document["cells"][0]["metadata"]["jupyter_mlops"] = {"secrets": ["TOKEN_OF_TEST"]}
    project.notebook.write_text(json.dumps(document))
    (project.folder / ".env").write_text("KEY=another")
    (project.folder / "plain.txt").write_text("plain")
    (project.folder / "holds.txt").write_text("it is a-long-secret-value")
    recorded = project.run()
    execution = project.store.catalog.execution(str(recorded.steps[0].execution))
    assert [ref.path for ref in execution.result.files_read] == [".env", "holds.txt", "plain.txt"]
    assert [ref.path for ref in execution.kept] == ["plain.txt"]
