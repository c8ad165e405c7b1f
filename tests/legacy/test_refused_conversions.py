"""Why a notebook goes no further, and what its owner can do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from drafts import draft_of
from mending import failure_in

from jupyter_mlops.legacy.cause import cause_of
from jupyter_mlops.legacy.limits import Limits


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the last cell raises, and what is told of it; a command above, and what it said."""

    raises: str
    cell: str = "x"
    command: str = ""
    said: str = ""
    offline: bool = False
    traceback: str = ""
    cause: str
    next: str


UNKNOWN = {"gone-one": "which no package of the index has"}
MEND = "mend that cell in the notebook that was written, then convert it"
CASES = [
    Case(
        raises="ImportError: `load_boston` has been removed from scikit-learn since version 1.2.",
        cause="cell 1 reads the data of load_boston, which scikit-learn does not have any more",
        next="supply these data as a file beside the notebook and let the cell read it, or pin an "
        "earlier scikit-learn in a requirements.txt there",
    ),
    Case(
        raises="ImportError: cannot import name 'web' from 'pattern' "
        "(/s/lib/python3.11/site-packages/pattern/__init__.py)",
        cause="cell 1 raises ImportError: cannot import name 'web' from 'pattern'",
        next=MEND,
    ),
    Case(
        raises="ModuleNotFoundError: No module named 'Gone_one.part'",
        cause="cell 1 needs the module Gone_one.part, which no package of the index has",
        next="put Gone_one.py beside the notebook, or name its package in a requirements.txt there",
    ),
    Case(
        raises="ModuleNotFoundError: No module named 'pkg_resources'",
        cause="cell 1 needs the module pkg_resources, which the newest release of its package, and "
        "that of its time, do not have for this Python",
        next="pin a release that has pkg_resources in a requirements.txt beside the notebook",
    ),
    Case(
        raises="LookupError: \n****\n  Resource stopwords not found.\n  Please use the NLTK",
        cause="cell 1 needs NLTK's data stopwords, which are not there",
        next="download them beside the notebook, by `python -m nltk.downloader -d nltk_data "
        "stopwords`, and let a cell say `nltk.data.path.append('nltk_data')`; or convert again "
        "with --allow-network, if a cell downloads them",
    ),
    Case(
        raises="IndentationError: unexpected indent (1.py, line 2)",
        cause="cell 1 is no Python: unexpected indent (1.py, line 2)",
        next="correct the cell in a copy of the notebook, then convert that",
    ),
    Case(
        raises="URLError: <urlopen error [Errno -2] Name or service not known>",
        cause="cell 1 fetches from the network, which did not answer: <urlopen error [Errno -2] "
        "Name or service not known>",
        next="download the file, put it beside the notebook and let the cell read it there",
    ),
    Case(
        raises="NotImplementedError: data_source='google' is not implemented",
        cause="cell 1 needs data of a service that has ended",
        next="put the data into a file beside the notebook and let the cell read that",
    ),
    Case(
        cell="import pymc as pm",
        raises="TypeError: No model on context stack, which is needed",
        cause="cell 1 needs PyMC 2, which has no release for this Python, and whose successors "
        "build models in another way",
        next="write its models for PyMC 5 in a copy of the notebook, then convert that",
    ),
    Case(
        cell="import pymc3 as pm",
        raises="TypeError: No model on context stack.",
        cause="cell 1 raises TypeError: No model on context stack.",
        next=MEND,
    ),
    Case(raises="ValueError: no", cause="cell 1 raises ValueError: no", next=MEND),
]


NO_DPROD = "ModuleNotFoundError: No module named 'dprod'"
NO_FILE = "FileNotFoundError: [Errno 2] No such file or directory: '{}'"
REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"
UNRESOLVED = "fatal: unable to access 'https://e.org/a/b/': Could not resolve host: e.org"
ALLOW = (
    "convert again with --allow-network, which keeps what is fetched in the job; or put the file "
    "beside the notebook and let the cell read it there"
)
START = (
    "start it where jobs run, then convert again; or put what it gives into a file beside the "
    "notebook and let the cell read that"
)
BY_OTHERS = [
    Case(
        command="!rm -f dprod.so\n!f2py -c dprod.pyf dprod.f",
        said="\x1b[31mWARN: f90\x1b[0m\r\nerror: no Fortran compiler found\r\n",
        raises=NO_DPROD,
        cause="cell 2 needs the module dprod, which `!f2py -c dprod.pyf dprod.f` in cell 1 should "
        "have made: error: no Fortran compiler found",
        next="install a Fortran compiler (gfortran) where jobs run, then convert again",
    ),
    Case(
        command="!gcc -shared -o dprod.so dprod.c",
        said="/bin/bash: line 1: gcc: command not found\n",
        raises=NO_DPROD,
        cause="cell 2 needs the module dprod, which `!gcc -shared -o dprod.so dprod.c` in cell 1 "
        "should have made: /bin/bash: line 1: gcc: command not found",
        next="install gcc where jobs run, then convert again",
    ),
    Case(
        command="!git clone https://e.org/a/b",
        said=f"Cloning into 'b'...\n{UNRESOLVED}\n",
        raises=NO_FILE.format("b/data.csv"),
        cause="cell 2 needs b/data.csv, which `!git clone https://e.org/a/b` in cell 1 should have "
        f"made: {UNRESOLVED}; it may not use the network",
        next=ALLOW,
    ),
    Case(
        command="!cat data.csv",
        said="cat: data.csv: No such file or directory\n",
        raises=NO_FILE.format("data.csv"),
        cause="cell 2 reads data.csv, which is not in the repository",
        next="supply data.csv beside the notebook, then convert again",
    ),
    Case(
        raises=NO_FILE.format("dot"),
        traceback="File /lib/python3.11/subprocess.py:1955, in Popen._execute_child",
        cause="cell 2 runs dot, which is not installed",
        next="install dot where jobs run, then convert again",
    ),
    Case(
        raises="ServerSelectionTimeoutError: localhost:27017: [Errno 111] Connection refused",
        offline=True,
        cause="cell 2 needs a service at localhost:27017 (MongoDB), where nothing answers",
        next=START,
    ),
    Case(
        raises='OperationalError: connection to server at "localhost" (127.0.0.1), port 5432 '
        "failed: Connection refused",
        cause="cell 2 needs a service at localhost:5432 (PostgreSQL), where nothing answers",
        next=START,
    ),
    Case(
        cell="s.connect(('127.0.0.1', 8001))",
        raises=REFUSED,
        offline=True,
        cause="cell 2 needs a service at localhost:8001, where nothing answers",
        next=START,
    ),
    Case(
        cell="client.request('https://e.org/token')",
        raises=REFUSED,
        offline=True,
        cause="cell 2 fetches https://e.org/token from the network, which it may not use",
        next=ALLOW,
    ),
    Case(
        raises="OSError: Connection file '~/.ipython/profile_default/security/"
        "ipcontroller-client.json' not found.",
        cause="cell 2 needs a cluster of ipyparallel, which does not run",
        next="let the cell start one, by `ipyparallel.Cluster(n=4).start_and_connect_sync()` in "
        "place of its client, then convert again",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.raises[:40])
def test_a_refusal_names_its_cause_and_the_next_action(case: Case) -> None:
    failure = failure_in("c1", case.raises)
    assert cause_of(draft_of(case.cell), failure, UNKNOWN, {}) == (case.cause, case.next)


@pytest.mark.parametrize("case", BY_OTHERS, ids=lambda case: case.raises[:40])
def test_what_a_cell_needs_of_others_is_told(case: Case) -> None:
    failure = replace(failure_in("c2", case.raises, case.traceback), offline=case.offline)
    printed = {"c1": [{"output_type": "stream", "name": "stdout", "text": case.said}]}
    found = cause_of(draft_of(case.command, case.cell), failure, {}, printed)
    assert found == (case.cause, case.next)


@pytest.mark.parametrize(
    ("whole", "total", "message", "then"),
    [
        (True, 300, "the 300 s of --timeout were over", "--timeout 1200"),
        (False, 2000, "it took longer than the 120 s of --cell-timeout", "--cell-timeout 480"),
        (
            False,
            300,
            "it took longer than the 120 s of --cell-timeout",
            "--cell-timeout 480 --timeout 960",
        ),
    ],
)
def test_the_limit_that_ended_a_cell_is_named(
    whole: bool, total: float, message: str, then: str
) -> None:
    limits = Limits(cell=120, total=total)
    found = cause_of(draft_of("x"), limits.exceeded("c1", whole=whole), {}, {})
    assert found == (f"cell 1 did not end: {message}", f"convert again with {then}")
