"""A random program prints in steps what it prints in one namespace.

``RANDOM_PROGRAMS=5000 pytest tests/oracle/test_random_programs.py`` tries more of them.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from carrying import Zygote
from hypothesis import HealthCheck, Phase, given, settings
from minimal import Failure, Judge, minimise
from programs import PARAMETERS, SHARED, Program, programs
from staged import run_staged, run_whole

from jupyter_mlops.compiler import compile_notebook
from jupyter_mlops.errors import CompileError, code_of
from jupyter_mlops.notebook.document import Notebook, parse_notebook

EXAMPLES = int(os.environ.get("RANDOM_PROGRAMS", "60"))
LIBRARIES = ("numpy", "pandas", "cloudpickle", "jupyter_mlops.kernel_state")


def notebook_of(program: Program) -> Notebook:
    cells = [("parameters", PARAMETERS), ("shared", SHARED)]
    cells += [(f"step:{cell.step}", cell.source) for cell in program.cells]
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"cell_type": "code", "id": f"c{n}", "metadata": {"tags": [tag]}, "source": source}
            for n, (tag, source) in enumerate(cells)
        ],
    }
    return parse_notebook(json.dumps(document).encode(), Path("random.ipynb"))


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Says what is wrong with a program's pipeline, or nothing."""
    zygote, numbers = Zygote(*LIBRARIES), itertools.count()

    def wrong(program: Program) -> Failure | None:
        folder = tmp_path_factory.getbasetemp() / f"program-{next(numbers)}"
        folder.mkdir()
        try:
            return _wrong(program, zygote, folder)
        finally:
            shutil.rmtree(folder)

    yield wrong
    zygote.close()


def _wrong(program: Program, zygote: Zygote, folder: Path) -> Failure | None:
    notebook = notebook_of(program)
    whole = run_whole(notebook, zygote, folder)
    if whole.error.startswith("RecursionError"):  # functions that call each other without end
        return None
    if whole.error:
        return Failure(f"invalid in one namespace, too, {_kind(whole.error)}", whole.error)
    try:
        compiled = compile_notebook(notebook)
    except CompileError as error:
        codes = sorted({found.code for found in error.diagnostics if found.severity == "error"})
        if program.returns and codes == ["ML106"]:
            return None
        return Failure(f"does not compile, {', '.join(codes)}", str(error))
    staged = run_staged(compiled, zygote, folder)
    if staged.refused and program.refusable:
        return None
    if staged.error:
        return Failure(
            f"{'refused' if staged.refused else 'failed'}, {_kind(staged.error)}", staged.error
        )
    warned = any(found.code == "ML313" for found in compiled.diagnostics)
    for step in compiled.pipeline.steps:
        for cell in step.cells:
            expected, found = whole.printed[cell.id], staged.printed.get(cell.id)
            if found != expected and not warned:
                return Failure(
                    "prints something else", f"step {step.name}: {found!r} instead of {expected!r}"
                )
    return None


def _kind(error: str) -> str:
    return code_of(error) or error.partition(":")[0]


@pytest.mark.timeout(0 if EXAMPLES > 60 else 900)
@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    database=None,
    derandomize="CI" in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(program=programs())
def test_steps_print_what_one_namespace_prints(program: Program, judge: Judge) -> None:
    if (failure := judge(program)) is not None:
        smallest, failure = minimise(program, failure, judge)
        pytest.fail(f"{smallest!r}\n{failure}", pytrace=False)
