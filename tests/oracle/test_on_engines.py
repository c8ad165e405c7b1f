"""The oracle by the runner itself: rows in local kernels and in containers.

Starting kernels costs seconds a row, and every row runs in shells anyway, so every fourth row runs
in local kernels and another fourth in containers; with ``JUPYTER_MLOPS_EVERY_ROW=1`` every row runs
on both. Rows that the compiler refuses run nowhere, and those for torch in local kernels only, for
its image would have to be built. All rows share one store and one image: a cell that never runs
names what any row imports.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from judge import judge
from rows import ROWS
from shells import Shells
from table import Case, Refused

from jupyter_mlops.compiler import compile_notebook
from jupyter_mlops.notebook import read_notebook
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store
from jupyter_mlops.verify.verify import run_outputs

EVERY = os.environ.get("JUPYTER_MLOPS_EVERY_ROW") == "1"
RUNNING = [
    case for case in ROWS if not (isinstance(case.expected, Refused) and not case.expected.step)
]
LOCAL = [case for n, case in enumerate(RUNNING) if EVERY or case.needs or n % 4 == 0]
DOCKER = [case for n, case in enumerate(RUNNING) if not case.needs and (EVERY or n % 4 == 2)]
ANY_IMPORT = "if False:\n    import matplotlib, numpy, pandas, scipy, sklearn"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store for all rows, of all workers."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return Store(base / "oracle").open()


@pytest.mark.kernel
@pytest.mark.parametrize("case", LOCAL, ids=lambda case: case.name)
def test_in_local_kernels(case: Case, store: Store, shells: Shells, tmp_path: Path) -> None:
    if case.lacks:
        pytest.skip(f"{case.lacks} is not installed")
    run_and_judge(case, "local", store, shells, tmp_path)


@pytest.mark.docker
@pytest.mark.parametrize("case", DOCKER, ids=lambda case: case.name)
def test_in_containers(
    case: Case, store: Store, shells: Shells, tmp_path: Path, base_image: str
) -> None:
    if case.lacks:
        pytest.skip(f"{case.lacks} is not installed")
    *steps, last = case.steps
    cells = (*(last if isinstance(last, tuple) else (last,)), ANY_IMPORT)
    case = replace(case, steps=(*steps, cells))
    run_and_judge(case, "docker", store, shells, tmp_path)


def run_and_judge(case: Case, engine: str, store: Store, shells: Shells, folder: Path) -> None:
    path = case.write(folder / "project")
    compiled = compile_notebook(read_notebook(path))
    run = run_pipeline(
        RunRequest(notebook=path, engine=engine, fresh=True),
        store=store,
        settings=load_settings(),
    )
    whole = shells.whole(case, folder)
    reports = {report.step: report for report in run.steps}
    finding, others = judge(compiled, whole, run_outputs(run), reports)
    assert finding == case.expected.finding(), (others, run.steps)
