"""What a result says about the cell that ended a step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from stepfolder import Code, make_step

from jupyter_mlops.model.run import CellError
from jupyter_mlops.step import main
from jupyter_mlops.step.failure import line_of

pytestmark = pytest.mark.kernel

WORK = {"cell": 3, "cell_id": "work"}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Cells of a stage, and the error of its result (the traceback apart)."""

    id: str
    cells: tuple[Code, ...]
    error: CellError
    shown: str


FAILURES = [
    Failure(
        id="line of the cell",
        cells=(Code(source="x = 1\n\n1 / 0\ny = 2"), Code(id="late", source="open('late', 'w')")),
        error=CellError(kind="ZeroDivisionError", message="division by zero", line=3, **WORK),
        shown="----> 3 1 / 0",
    ),
    Failure(
        id="last frame of the cell itself",
        cells=(
            Code(id="defines", source="def f(x):\n    return int(x)", position=2),
            Code(source="def g():\n    return f('a')\n\ng()"),
        ),
        error=CellError(
            kind="ValueError",
            message="invalid literal for int() with base 10: 'a'",
            line=2,
            **WORK,
        ),
        shown="int(x)",
    ),
    Failure(
        id="syntax",
        cells=(Code(source="x = 1\nx = = 2"),),
        error=CellError(
            kind="SyntaxError", message="invalid syntax (FILE, line 2)", line=2, **WORK
        ),
        shown="x = = 2",
    ),
    Failure(
        id="timed cell",
        cells=(Code(source="%%time\nx = 1\nraise KeyError('k')"),),
        error=CellError(kind="KeyError", message="'k'", line=3, **WORK),
        shown="KeyError",
    ),
    Failure(
        id="check",
        cells=(Code(source="assert False, 'too few rows'", role="check"),),
        error=CellError(kind="AssertionError", message="too few rows", line=1, check=True, **WORK),
        shown="AssertionError: too few rows",
    ),
    Failure(
        id="own cell of the stage",
        cells=(
            Code(id="mlops-restore", source="raise TypeError('no')", position=None),
            Code(source="open('late', 'w')"),
        ),
        error=CellError(kind="RestoreFailed", message="TypeError: no"),
        shown="TypeError: no",
    ),
    Failure(
        id="refused variable",
        cells=(
            Code(
                id="mlops-restore",
                source="class Refused(Exception): pass\nraise Refused('ML602: f is an open file')",
                position=None,
            ),
        ),
        error=CellError(kind="Refused", message="ML602: f is an open file", code="ML602"),
        shown="Refused: ML602: f is an open file",
    ),
    Failure(
        id="exit",
        cells=(Code(source="raise SystemExit"),),
        error=CellError(kind="SystemExit", message="", **WORK),
        shown="SystemExit",
    ),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.id)
def test_error(tmp_path: Path, case: Failure) -> None:
    step = make_step(tmp_path, *case.cells)
    assert main(step.argv()) == 1
    error = step.result().error
    assert error is not None
    message = error.message.replace(_file_of(error.message), "FILE")
    assert replace(error, traceback="", message=message) == case.error
    assert case.shown in error.traceback
    assert "\x1b" not in error.traceback
    assert not any(event.get("id") == "late" for event in step.events())


def _file_of(message: str) -> str:
    """The file that IPython gives the cell in the message of a syntax error."""
    return next(
        (
            word
            for word in message.replace("(", " ").replace(",", " ").split()
            if word.endswith(".py")
        ),
        "FILE",
    )


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Traceback text of some version of IPython."""

    id: str
    text: str
    line: int | None


FRAMES = [
    Frame(id="IPython 9", text="Cell In[4], line 7, in f(x)\n      6 y\n----> 7 z", line=7),
    Frame(id="IPython 8.0", text="Input In [4], in <cell line: 2>()\n      1 y", line=2),
    Frame(id="another cell", text="Cell In[14], line 7, in f(x)", line=None),
    Frame(id="last", text="Cell In[4], line 1\nFile x.py:3\nCell In[4], line 9, in g()", line=9),
    Frame(id="timed", text="Cell In[4], line 1\n...\nFile <timed exec>:3, in <module>", line=4),
    Frame(id="library only", text="File /x/y.py:3, in f()", line=None),
]


@pytest.mark.parametrize("case", FRAMES, ids=lambda case: case.id)
def test_line_of(case: Frame) -> None:
    assert line_of(case.text, 4) == case.line
