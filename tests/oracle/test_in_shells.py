"""The oracle, every row: each stage in a shell of its own gives what one shell gives."""

from __future__ import annotations

from pathlib import Path

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
        pytest.skip(f"{case.needs} is not installed")
    try:
        compiled = compile_notebook(read_notebook(case.write(tmp_path / "row")))
    except CompileError as error:
        found = Finding(codes=tuple(sorted({d.code for d in error.diagnostics})))
        assert found == case.expected.finding(), error.diagnostics
        return
    whole = shells.whole(case, tmp_path)
    stages, reports = shells.stages(case, compiled, tmp_path)
    finding, others = judge(compiled, whole, stages, reports)
    assert finding == case.expected.finding(), (others, compiled.diagnostics)
    assert any(whole[cell] for cell in whole), "no cell of the row puts anything out"


def test_no_two_rows_have_one_name() -> None:
    names = [case.name for case in ROWS]
    assert sorted(set(names)) == sorted(names)
