from __future__ import annotations

import json
import py_compile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from carrying import Case, Zygote, observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A cell, and the files and folders that it is seen to read.

    The working folder holds ``data/a.csv``, ``data/b.csv``, ``helper_read.py``, ``.git/config``;
    ``{outside}`` stands for a folder elsewhere that holds ``x.txt``.
    """

    name: str
    cell: str
    files: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)


READINGS = (
    Reading(name="open", cell="open('data/a.csv').close()", files=["data/a.csv"]),
    Reading(name="nothing", cell="x = 1"),
    Reading(
        name="pathlib and bytes",
        cell="from pathlib import Path\nPath('data/a.csv').read_bytes()\n"
        "open(b'data/b.csv').close()",
        files=["data/a.csv", "data/b.csv"],
    ),
    Reading(
        name="pandas",
        cell="import pandas as pd\npd.read_csv('data/a.csv')",
        files=["data/a.csv"],
    ),
    Reading(
        name="from another working folder",
        cell="import os\nos.chdir('data')\nopen('../data/b.csv').close()",
        files=["data/b.csv"],
    ),
    Reading(name="written", cell="open('out.txt', 'w').close(); open('x.bin', 'xb').close()"),
    Reading(name="written, then read", cell="for m in 'wr': open('out.txt', m).close()"),
    Reading(
        name="appended to",
        cell="open('data/a.csv', 'a').close(); open('log', 'a').close()",
        files=["data/a.csv"],
    ),
    Reading(name="changed in place", cell="open('data/a.csv', 'r+').close()", files=["data/a.csv"]),
    Reading(name="an import", cell="import helper_read", files=["helper_read.py"]),
    Reading(name="listdir", cell="import os\nos.listdir('data')", listed=["data/"]),
    Reading(name="the working folder itself", cell="import os\nos.listdir()", listed=["./"]),
    Reading(name="glob", cell="import glob\nglob.glob('data/*.csv')", listed=["data/"]),
    Reading(
        name="walk",
        cell="import os\nos.makedirs('made')\nlist(os.walk('data')); os.listdir('made')",
        listed=["data/"],
    ),
    Reading(
        name="a file that is missing",
        cell="try:\n    open('data/c.csv')\nexcept FileNotFoundError:\n    pass",
        listed=["data/"],
    ),
    Reading(
        name="sqlite",
        cell="import sqlite3\nfor p in ('data/a.csv', 'new.db', ':memory:'):\n"
        "    sqlite3.connect(p).close()",
        files=["data/a.csv"],
    ),
    Reading(name="hidden folders", cell="open('.git/config').close()"),
    Reading(name="outside", cell="open('{outside}/x.txt').close()", files=["{outside}/x.txt"]),
    Reading(
        name="a folder of temporary files",
        cell="import os, tempfile\nos.listdir(tempfile.gettempdir()); os.path.exists('/tmp/none')\n"
        "try:\n    open('/tmp/none')\nexcept FileNotFoundError:\n    pass",
    ),
    Reading(
        name="the system",
        cell="import os\nopen(os.__file__).close(); os.listdir('/etc')",
    ),
    Reading(
        name="files of the system, but for those that it writes itself",
        cell="for p in ('/etc/passwd', '/etc/hosts', '/proc/self/status'): open(p).close()",
        files=["/etc/passwd"],
    ),
    Reading(
        name="files of the system that a module reads while it is imported",
        cell="open('reading.py', 'w').write('open(\"/etc/passwd\").close()')\nimport reading",
    ),
    Reading(
        name="the state folder",
        cell="import os\nos.listdir(os.environ['JUPYTER_MLOPS_STATE'])",
    ),
)


@pytest.mark.parametrize("case", READINGS, ids=lambda case: case.name)
def test_files_and_folders_that_a_step_reads(
    case: Reading, zygote: Zygote, tmp_path: Path, elsewhere: Path
) -> None:
    work = tmp_path / "work"
    for name in ("data/a.csv", "data/b.csv", "helper_read.py", ".git/config"):
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x,y\n1,2\n" if name.endswith("csv") else "x = 1\n")
    (elsewhere / "x.txt").write_text("x")

    cell = case.cell.replace("{outside}", str(elsewhere))
    outcome = zygote.stage(Case(name="", steps=(cell,), last=""), 0, tmp_path)
    assert outcome.error is None
    seen = observed(tmp_path)
    expected = [path.replace("{outside}", str(elsewhere)) for path in case.files]
    assert (seen["files"], seen["listed"]) == (expected, case.listed)


def test_a_module_read_from_its_compiled_form_counts_as_its_source(
    zygote: Zygote, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "helper_read.py").write_text("x = 1\n")
    py_compile.compile(str(work / "helper_read.py"), doraise=True)
    case = Case(name="", steps=("import helper_read",), last="")
    assert zygote.stage(case, 0, tmp_path).error is None
    assert observed(tmp_path)["files"] == ["helper_read.py"]


def test_metrics(zygote: Zygote, tmp_path: Path) -> None:
    cell = (
        "import numpy as np\nfrom fractions import Fraction\n"
        "i, f, b, s = 3, 0.5, True, 'text'\n"
        "ni, nf, nb, zero = np.int64(4), np.float32(0.25), np.bool_(False), np.array(2.5)\n"
        "nan, inf, low = float('nan'), np.inf, -np.float64('inf')\n"
        "vector, items, none, q = np.ones(2), [1], None, Fraction(1, 2)"
    )
    names = ("i", "f", "b", "s", "ni", "nf", "nb", "zero", "nan", "inf", "low")
    others = ("vector", "items", "none", "q", "missing")
    case = Case(name="", steps=(cell,), last="")
    assert zygote.stage(case, 0, tmp_path, metrics=(*names, *others)).error is None
    text = (tmp_path / "state" / "observed.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail)["metrics"] == {
        "i": 3,
        "f": 0.5,
        "b": True,
        "s": "text",
        "ni": 4,
        "nf": 0.25,
        "nb": False,
        "zero": 2.5,
        "nan": "NaN",
        "inf": "Infinity",
        "low": "-Infinity",
    }
