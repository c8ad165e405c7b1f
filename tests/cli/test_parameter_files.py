"""Values from ``--params`` files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.cli.parameters import read_parameters
from jupyter_mlops.errors import ParameterError


@dataclass(frozen=True)
class Case:
    """A file and its values, or what is wrong with it (``{path}`` stands for its path)."""

    file: str
    text: str
    values: Any = None
    problem: str = ""


CASES = [
    Case("a.json", '{"n": 5, "text": "a\\"b\\\\c"}', {"n": 5, "text": 'a"b\\c'}),
    Case("a.yaml", "n: 5\nrate: 1.5\nflags: [true, null]\n",
         {"n": 5, "rate": 1.5, "flags": [True, None]}),
    Case("a.yml", "{}", {}),
    Case("a.txt", '{"n": 5}', {"n": 5}),
    Case("a.yaml", "day: '2026-01-01'", {"day": "2026-01-01"}),
    Case("a.yaml", "day: 2026-01-01",
         problem="{path}: the value of day is a date, which JSON lacks"),
    Case("a.json", "[1]", problem="{path} does not map parameter names to values"),
    Case("a.yaml", "", problem="{path} does not map parameter names to values"),
    Case("a.yaml", "1: 2", problem="{path} does not map parameter names to values"),
    Case("a.json", "{", problem="{path}: "
         "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    Case("a.yaml", "a: [", problem="{path}: "
         "while parsing a flow node expected the node content, but "
         "found '<stream end>' in \"<unicode string>\", line 1, column 5: a: [ ^"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file} {case.text[:12]}")
def test_read_parameters(case: Case, tmp_path: Path) -> None:
    path = tmp_path / case.file
    path.write_text(case.text)
    try:
        values, problem = read_parameters(path), ""
    except ParameterError as error:
        values, problem = None, error.message
    assert (values, problem) == (case.values, case.problem.replace("{path}", str(path)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none\.yaml cannot be read: No such file"):
        read_parameters(tmp_path / "none.yaml")
