"""What ``convert`` answers to what is no notebook, or has nothing to convert."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

KEYS = (
    "state cause next old digest written environment tried patches oracle cells steps staged run "
    "files notebook today inputs"
)


@dataclass(frozen=True)
class Case:
    """A file, the exit code, and a part of the answer."""

    name: str
    content: str | None
    code: int
    says: Mapping[str, Any]
    occupied: bool = False


def _notebook(*cells: dict[str, Any], language: str = "python") -> str:
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(kind: str, source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "id": kind, "metadata": {}, "source": source, **more}


NO_CODE = {
    "state": "refused",
    "cause": "it has no code: all of its cells are text",
    "next": "read it as it is; there is nothing to run",
    "environment": None,
    "patches": [],
    "oracle": {"text_outputs": 0, "equal_l2": 0, "images": 0, "equal_images": 0},
    "cells": [],
    "steps": [],
}
EMPTY = _cell("code", " \n", outputs=[], execution_count=None)
CASES = [
    Case("no such file", None, 2, {"error": "NotebookError"}),
    Case("no JSON", "print(1)", 2, {"error": "NotebookError"}),
    Case("JSON, but no notebook", "[]", 2, {"error": "NotebookError"}),
    Case("empty file", "", 2, {"error": "NotebookError"}),
    Case("another language", _notebook(language="julia"), 2, {"error": "NotebookError"}),
    Case("a folder that is not empty", _notebook(), 2, {"error": "OccupiedFolder"}, occupied=True),
    Case("no cells", _notebook(), 1, NO_CODE),
    Case("no code", _notebook(_cell("markdown", "# Plan")), 1, NO_CODE),
    Case("empty cells", _notebook(EMPTY), 1, NO_CODE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_has_nothing_to_convert(
    case: Case, mlops: Callable[..., Result], tmp_path: Path
) -> None:
    old, job = tmp_path / "old.ipynb", tmp_path / "job"
    if case.content is not None:
        old.write_text(case.content)
    if case.occupied:
        job.mkdir()
        (job / "mine.txt").touch()
    result = mlops("convert", old, "-o", job, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == case.code
    assert {key: answer[key] for key in case.says} == case.says
    if "state" in case.says:
        assert " ".join(answer) == KEYS
        assert json.loads((job / "report.json").read_text()) == answer
        assert Path(answer["notebook"]).exists()
        assert "refused" in (job / "report.html").read_text()


USAGE = ["", "old.ipynb --scan .", "old.ipynb --jobs 2", "old.ipynb --again", "--scan none"]


@pytest.mark.parametrize("arguments", USAGE)
def test_bad_usage(arguments: str, mlops: Callable[..., Result], tmp_path: Path) -> None:
    result = mlops("convert", *arguments.split(), "-o", tmp_path / "job")
    assert result.exit_code == 2
    assert not (tmp_path / "job").exists()
