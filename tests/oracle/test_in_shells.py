"""The oracle, every row: each stage in a shell of its own gives what one shell gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from judge import judge
from rows import ROWS
from shells import Shells
from table import Case, Finding

from jupyter_mlops.compiler import compile_notebook
from jupyter_mlops.errors import CompileError
from jupyter_mlops.notebook import read_notebook


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.name)
def test_stages_put_out_what_the_notebook_puts_out(
    case: Case, shells: Shells, tmp_path: Path
) -> None:
    if case.lacks:
        pytest.skip(f"{case.lacks} is not installed")
    finding, details = found_of(case, shells, tmp_path)
    assert finding == case.expected.finding(), details


def found_of(case: Case, shells: Shells, folder: Path) -> tuple[Finding, Any]:
    """What became of the row, and what tells why."""
    try:
        compiled = compile_notebook(read_notebook(case.write(folder / "row")))
    except CompileError as error:
        return Finding(codes=tuple(sorted({d.code for d in error.diagnostics}))), error.diagnostics
    whole = shells.whole(case, folder)
    assert any(whole.values()), "no cell of the row puts anything out"
    stages, reports = shells.stages(case, compiled, folder)
    finding, others = judge(compiled, whole, stages, reports)
    return finding, (others, compiled.diagnostics)


def test_no_two_rows_have_one_name() -> None:
    names = [case.name for case in ROWS]
    assert sorted(set(names)) == sorted(names)
