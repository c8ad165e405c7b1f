"""Old notebooks, converted whole: on the local engine, in an environment that is locked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.legacy.convert import Wish, convert_notebook
from jupyter_mlops.model.conversion import Conversion, Input
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store

OLD_CELLS = [
    {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Load"]},
    {
        "cell_type": "code",
        "language": "python",
        "metadata": {},
        "prompt_number": 2,
        "input": ["rows = [int(n) for n in open('/home/ada/data/numbers.txt')]\n", "len(rows)"],
        "outputs": [
            {
                "output_type": "pyout",
                "prompt_number": 2,
                "metadata": {},
                "text": ["3"],
            }
        ],
    },
    {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Report"]},
    {
        "cell_type": "code",
        "language": "python",
        "metadata": {},
        "prompt_number": 5,
        "input": ["print 'sum', total(rows)"],
        "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["sum 6\n"]}],
    },
    {
        "cell_type": "code",
        "language": "python",
        "metadata": {},
        "prompt_number": 3,
        "input": ["def total(numbers):\n", "    return reduce(lambda a, b: a + b, numbers)"],
        "outputs": [],
    },
    {
        "cell_type": "code",
        "language": "python",
        "metadata": {},
        "prompt_number": 6,
        "input": ["rows[7]"],
        "outputs": [
            {
                "output_type": "pyerr",
                "ename": "IndexError",
                "evalue": "list index out of range",
                "traceback": [],
            }
        ],
    },
]


def format3(cells: Sequence[Mapping[str, Any]]) -> bytes:
    document = {
        "metadata": {"name": "old"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    return json.dumps(document).encode()


def format4(*sources: str) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "execution_count": n,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(sources, start=1)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 0}).encode()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("legacy") / "store").open()


@dataclass(kw_only=True)
class Archive:
    """A folder with an old notebook."""

    folder: Path
    store: Store
    notebooks: str = "."
    said: list[str] = field(default_factory=list)

    def convert(self, content: bytes, **wish: Any) -> Conversion:
        old = self.folder / self.notebooks / "old.ipynb"
        old.parent.mkdir(exist_ok=True)
        old.write_bytes(content)
        found = convert_notebook(
            Wish(notebook=old, folder=self.folder / "job", engine="local", **wish),
            store=self.store,
            settings=load_settings(),
            on_line=self.said.append,
        )
        assert old.read_bytes() == content
        assert found.digest == of_bytes(content)
        return found


@pytest.fixture
def archive(tmp_path: Path, store: Store) -> Archive:
    folder = tmp_path / "archive"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "numbers.txt").write_text("1\n2\n3\n")
    return Archive(folder=folder, store=store)


@pytest.mark.kernel
def test_an_old_notebook_becomes_a_job(archive: Archive) -> None:
    subprocess.run(["git", "init", "-q"], cwd=archive.folder, check=True)
    archive.notebooks = "work"
    found = archive.convert(format3(OLD_CELLS))
    assert (found.state, found.cause) == ("converted", "")
    assert [(patch.cell, patch.rule) for patch in found.patches] == [
        (0, "format"),
        (4, "python2"),
        (5, "python2"),
        (0, "order"),
        (2, "path"),
        (0, "raises"),
    ]
    assert [(cell.cell, cell.level) for cell in found.cells] == [
        (2, "L2"),
        (5, "L0"),
        (4, "L2"),
        (6, "L2"),
    ]
    assert (found.oracle.text_outputs, found.oracle.equal_l2) == (2, 2)
    assert (found.steps, found.staged) == (("load", "report"), True)
    assert found.files == ("data/numbers.txt",)
    assert found.inputs == (
        Input(path="data/numbers.txt", state="found", digest=of_bytes(b"1\n2\n3\n")),
    )
    job = archive.folder / "job"
    assert sorted(path.relative_to(job).as_posix() for path in job.rglob("*.*")) == [
        ".jupyter_mlops",
        "data/numbers.txt",
        "report.html",
        "report.json",
        "work/old.ipynb",
        "work/requirements.txt",
    ]
    assert found.notebook == str(job / "work" / "old.ipynb")
    # The folder is all that the job needs, and gives what was proven.
    again = run_pipeline(
        RunRequest(notebook=job / "work" / "old.ipynb", engine="local"),
        store=archive.store,
        settings=load_settings(),
    )
    assert [(step.step, step.state) for step in again.steps] == [
        ("load", "reused"),
        ("report", "reused"),
    ]


REFUSED = {
    "import sqlite3\nsqlite3.connect('gone/x.sqlite')": (
        "cell 1 reads gone/x.sqlite, which is not in the repository",
        "supply gone/x.sqlite",
    ),
    "%run gone.py;": ("cell 1 reads gone.py, which is not in", "supply gone.py"),
    "open('gone.csv')": ("cell 1 reads gone.csv, which is not in", "supply gone.csv"),
    "answer = input('?')": ("cell 1 asks its user for input", "tagged `parameters`"),
    "x = 1\nprint(gone)": ("cell 1 reads gone, which no cell", "add the cell"),
    "from urllib.request import urlopen\nurlopen('http://example.org/a.csv')": (
        "cell 1 fetches http://example.org/a.csv from the network, which it may not use",
        "--allow-network",
    ),
    "this is no code": ("cell 1 is no Python", "correct the cell"),
    "1 / 0": ("cell 1 raises ZeroDivisionError: division by zero", "mend that cell"),
    "import time\ntime.sleep(600)": ("cell 1 did not end", "--cell-timeout"),
}


@pytest.mark.kernel
@pytest.mark.parametrize("source", REFUSED)
def test_what_cannot_be_converted_has_a_cause_and_a_next_action(
    source: str, archive: Archive
) -> None:
    found = archive.convert(format4(source, "print('later')"), cell_timeout=8.0)
    cause, then = REFUSED[source]
    assert found.state == "refused"
    assert found.cause.startswith(cause)
    assert then in found.next
    assert [cell.level for cell in found.cells] == ["not reached", "not reached"]
    written = json.loads((archive.folder / "job" / "report.json").read_text())
    assert (written["state"], written["cause"]) == ("refused", found.cause)
    assert (archive.folder / "job" / "old.ipynb").exists()


def test_text_alone_is_refused_with_a_report(archive: Archive) -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["Read me"]}
    found = archive.convert(format3([cell]))
    assert (found.state, found.cause) == ("refused", "it has no code: all of its cells are text")
    written = json.loads((archive.folder / "job" / "report.json").read_text())
    assert (written["cause"], written["next"]) == (found.cause, found.next)


@pytest.mark.kernel
def test_a_job_that_ends_with_an_error_is_not_converted(archive: Archive) -> None:
    """It looks for its file in a folder above it, of which no path in the notebook tells."""
    subprocess.run(["git", "init", "-q"], cwd=archive.folder, check=True)
    archive.notebooks = "work"
    up = "import os\nos.chdir(os.path.dirname(os.getcwd()))\nos.chdir('data')"
    found = archive.convert(format4(up, "rows = open('numbers.txt').read()", "len(rows)"))
    assert (found.state, found.cause) == (
        "refused",
        "its job does not come to its end: cell 1: FileNotFoundError: "
        "[Errno 2] No such file or directory: 'data'",
    )


@pytest.mark.kernel
def test_imports_alone_are_a_job_of_one_step(archive: Archive) -> None:
    found = archive.convert(format4("import json\nimport math"))
    assert (found.state, found.cause, found.steps) == ("converted", "", ("notebook",))


@pytest.mark.kernel
def test_a_job_may_go_to_a_folder_above_its_own(archive: Archive) -> None:
    subprocess.run(["git", "init", "-q"], cwd=archive.folder, check=True)
    archive.notebooks = "work"
    found = archive.convert(
        format4("%cd ../data", "rows = open('numbers.txt').read()", "len(rows)")
    )
    assert (found.state, found.cause, found.files) == ("converted", "", ("data/numbers.txt",))
