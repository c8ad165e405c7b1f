"""A folder of old notebooks, scanned: it goes on where it was ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.legacy.scan import ScanWish, scan
from jupyter_mlops.model.scan import Scan, Scanned

TEXT = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Plan"}
NO_CODE = json.dumps({"cells": [TEXT], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
REFUSED, NONE = "refused", "no notebook"


@dataclass(kw_only=True)
class Repository:
    """A folder of notebooks, and where its scan goes."""

    folder: Path
    output: Path
    done: list[str] = field(default_factory=list)
    before: int = -1

    def scan(self, *, again: bool = False) -> Scan:
        self.done.clear()

        def begin(total: int, done: int) -> None:
            self.before = done

        def note(row: Scanned) -> None:
            self.done.append(row.path)

        wish = ScanWish(folder=self.folder, output=self.output, jobs=2, again=again)
        return scan(wish, on_begin=begin, on_done=note, cancel=threading.Event())

    def end_by(self, number: int) -> tuple[int, int]:
        """The exit code of a scan that gets a signal when one notebook is done, and how many were
        done before."""
        command = [sys.executable, "-m", "jupyter_mlops.cli", "convert", "--jobs", "1"]
        arguments = ["--scan", str(self.folder), "-o", str(self.output)]
        process = subprocess.Popen(
            [*command, *arguments], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert process.stderr is not None
        with process.stderr:
            before = process.stderr.readline().split(" notebooks, ")[1]
            process.stderr.readline()
            os.kill(process.pid, number)
            process.stderr.read()  # until no process writes there any more
        return process.wait(), int(before.split()[0])


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / "repository"
    for name, content in {
        "a.ipynb": NO_CODE,
        "b.ipynb/b.ipynb": "no JSON",
        "c.ipynb": NO_CODE,
        "d.ipynb": NO_CODE,
        "e.ipynb": NO_CODE,
        ".ipynb_checkpoints/a.ipynb": NO_CODE,
        "readme.txt": "",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return Repository(folder=folder, output=folder / "jobs")


def test_a_scan_goes_on_where_it_was_ended(repository: Repository) -> None:
    code, before = repository.end_by(signal.SIGINT)
    assert (code, before) == (128 + signal.SIGINT, 0)
    told = json.loads((repository.output / "report.json").read_text())
    assert (told["state"], told["total"]) == ("stopped", 5)
    assert told["notebooks"]
    code, before = repository.end_by(signal.SIGKILL)
    assert (code, before) == (-signal.SIGKILL, len(told["notebooks"]))
    found = repository.scan()
    assert repository.before > before
    assert repository.before + len(repository.done) == 5
    rows = [(row.path, row.state, row.report) for row in found.notebooks]
    assert rows == [
        ("a.ipynb", REFUSED, "jobs/a.ipynb/report.html"),
        ("b.ipynb/b.ipynb", NONE, ""),
        ("c.ipynb", REFUSED, "jobs/c.ipynb/report.html"),
        ("d.ipynb", REFUSED, "jobs/d.ipynb/report.html"),
        ("e.ipynb", REFUSED, "jobs/e.ipynb/report.html"),
    ]
    assert all((repository.output / report).exists() for _, _, report in rows if report)
    page = (repository.output / "report.html").read_text()
    assert all(f'href="{report}"' in page for _, _, report in rows if report)
    assert (repository.folder / "a.ipynb").read_text() == NO_CODE
    (repository.folder / "c.ipynb").write_text(NO_CODE.replace("Plan", "Changed plan"))
    assert (repository.scan().state, repository.done) == ("done", ["c.ipynb"])


def test_a_scan_overwrites_nothing_else(repository: Repository) -> None:
    repository.output.mkdir()
    (repository.output / "mine.txt").touch()
    with pytest.raises(MlopsError, match="neither empty nor of a scan"):
        repository.scan()
    assert list(repository.output.iterdir()) == [repository.output / "mine.txt"]
