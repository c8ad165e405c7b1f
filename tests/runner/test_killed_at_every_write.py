"""kill -9 instead of each write of a run: the next start repairs what it left."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
from projects import Project
from replay import ReplayEngine, in_child

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline, take
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store, check_store, check_store_ledger

CELLS = (
    ("step:load", "text = open('numbers.txt').read()"),
    ("step:sum", "total = sum(map(int, text.split()))\nopen('total.txt', 'w').write(str(total))"),
    ("step:show", "print(total, open('total.txt').read())"),
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


def record(project: Project, recorded: Path) -> None:
    """Run the pipeline in real kernels and keep what its attempts published."""
    keep = take.take_outputs

    def keeping(result, step_folder, objects):
        shutil.copytree(step_folder, recorded / step_folder.name)
        return keep(result, step_folder, objects)

    with patch("jupyter_mlops.runner.perform.take_outputs", keeping):
        assert project.run().state == "succeeded"


def outcome(run: Run) -> list[tuple[object, ...]]:
    return [(s.step, s.state in ("succeeded", "reused"), s.key, s.outputs) for s in run.steps]


@pytest.mark.kernel
@pytest.mark.timeout(900)
def test_killed_at_every_write(project: Project, recorded: Path, memory_path: Path) -> None:
    project.write(*CELLS)
    (project.folder / "numbers.txt").write_text("1 2 3")
    record(project, recorded)
    request = RunRequest(notebook=project.notebook, engine="local")
    engine = ReplayEngine(recorded)

    def run(root: Path) -> None:
        run_pipeline(request, store=Store(root).open(), settings=Mlops())

    with patch("jupyter_mlops.engines.choose_engine", lambda name, settings: (engine, "")):
        whole, killed = memory_path / "whole", memory_path / "killed"
        run(whole)
        expected = outcome(Store(whole).open().catalog.find_run("latest"))
        for number in itertools.count(1):
            if in_child(lambda: run(killed), kill_at=number) == 0:
                break
            assert in_child(lambda: run(killed)) == 0, number
            assert_repaired(Store(killed).open(), expected, number)
            shutil.rmtree(killed)
    assert number > 100


def assert_repaired(store: Store, expected: list[tuple[object, ...]], number: int) -> None:
    newest, *earlier = store.catalog.list_runs()
    assert outcome(newest) == expected, number
    assert {run.state for run in earlier} <= {"lost", "succeeded"}, number
    assert {problem.kind for problem in check_store(store)} <= HARMLESS, number
    assert check_store_ledger(store).problems == (), number
    told = [(e.subject, e.state) for e in store.ledger.entries() if e.action == "run"]
    assert {(run.run, run.state) for run in (newest, *earlier)} <= set(told), number
    store.close()


HARMLESS = {"stray file", "folder of no run"}
"""What nothing trips over: an unfinished temporary file, the folder of a run that never began."""
