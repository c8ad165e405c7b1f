"""When a notebook was written, by its history and what it says of itself."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.legacy.era import date_of
from jupyter_mlops.legacy.read import read_old

TODAY = date(2026, 1, 1)


def document(code: str, text: str = "", **metadata: Any) -> dict[str, Any]:
    plain = {"cell_type": "markdown", "metadata": {}, "source": text}
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "outputs": [],
        "source": code,
    }
    return {"cells": [plain, cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 0}


def written(path: Path) -> tuple[str, str]:
    read, old, _ = read_old(path)
    era = date_of(read, old, path, TODAY)
    return era.earliest, era.latest


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (document("x = 1"), ("2011-12-01", "2026-01-01")),
        (
            document("x = 1", language_info={"version": "3.5.1"}),
            ("2015-09-13", "2020-09-05"),
        ),
        (document("from sklearn.cross_validation import KFold"), ("2011-12-01", "2018-09-25")),
        (document("df.ix[1]\nf'{x}'"), ("2016-12-23", "2020-01-29")),
    ],
)
def test_a_notebook_tells_when_it_was_written(
    content: dict[str, Any], expected: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(content))
    assert written(path) == expected


def test_commits_that_change_no_code_do_not_count(tmp_path: Path) -> None:
    def git(*arguments: str, day: str = "2020-01-01") -> None:
        when = f"{day}T12:00:00+00:00"
        names = {
            f"GIT_{who}_{what}": "x"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        subprocess.run(
            ["git", *arguments], cwd=tmp_path, check=True, env={**os.environ, **names, **dates}
        )

    git("init", "-q")
    path, moved = tmp_path / "first.ipynb", tmp_path / "moved.ipynb"
    for day, content in (
        ("2014-01-01", document("x = 1")),
        ("2015-02-02", document("x = 2", "a long text " * 99)),
        ("2018-03-03", document("x = 2", "a long text " * 98 + "with a link")),
    ):
        path.write_text(json.dumps(content))
        git("add", ".")
        git("commit", "-qm", "change", day=day)
    path.rename(moved)
    git("add", "-A")
    git("commit", "-qm", "move", day="2023-04-04")
    assert written(moved) == ("2011-12-01", "2015-02-02")
