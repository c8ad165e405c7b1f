"""A data flow as people read it, in a pipe and on a terminal."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import click
import pytest

from jupyter_mlops.cli.flow import flow_rows, print_flow
from jupyter_mlops.model.dataflow import (
    Basis,
    DataFlow,
    FileRead,
    FileWrite,
    NameRead,
    NameWrite,
    StepFlow,
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A step's flow, and its row."""

    name: str
    flow: StepFlow
    reads: str
    writes: str
    basis: Basis = "observed"


CASES = [
    Case(name="nothing", flow=StepFlow(step="s"), reads="-", writes="-"),
    Case(
        name="by origin",
        flow=StepFlow(
            step="s",
            reads=(
                NameRead(name="X", sources=("a",)),
                NameRead(name="lr", outside="parameters"),
                NameRead(name="mode", sources=("b",), outside="shared"),
                NameRead(name="y", sources=("a",), use="not read"),
                NameRead(name="z", sources=("a", "b")),
            ),
            files_read=(FileRead(path="in.csv"), FileRead(path="out.csv", sources=("a",))),
        ),
        reads="X, y (not read), out.csv ← a; lr ← parameters; mode ← b, shared; z ← a, b; in.csv",
        writes="-",
    ),
    Case(
        name="by effect",
        flow=StepFlow(
            step="s",
            writes=(
                NameWrite(name="i", effect="created"),
                NameWrite(name="j", effect="created"),
                NameWrite(name="kept", effect="created", carried=True),
                NameWrite(name="df", effect="changed", carried=True),
                NameWrite(name="lost", effect="changed"),
                NameWrite(name="gone", effect="deleted"),
            ),
            files_written=(
                FileWrite(path="new.csv", effect="written"),
                FileWrite(path="old.csv", effect="deleted"),
            ),
        ),
        reads="-",
        writes="kept; df (changed), lost (changed); gone (deleted), old.csv (deleted); new.csv; "
        "2 not carried",
    ),
    Case(
        name="everything, possible",
        basis="possible",
        flow=StepFlow(
            step="s",
            reads=(NameRead(name="x", sources=("a",)),),
            writes=(NameWrite(name="y", effect="may be bound", carried=True),),
            everything=True,
        ),
        reads="everything; x ← a",
        writes="everything; y (may be bound)",
    ),
    Case(
        name="everything, observed",
        flow=StepFlow(
            step="s",
            reads=(NameRead(name="x", sources=("a",)),),
            writes=(NameWrite(name="y", effect="created", carried=True),),
            everything=True,
        ),
        reads="everything; x ← a",
        writes="y",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_row_of_a_step(case: Case) -> None:
    rows = flow_rows(DataFlow(basis=case.basis, steps=(case.flow,)))
    assert rows == [("step", "reads", "writes"), ("s", case.reads, case.writes)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_table_fits_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "36", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    read = tuple(NameRead(name=f"name_{n}", sources=("load",)) for n in range(4))
    write = (NameWrite(name="[bold]", effect="bound", carried=True),)
    print_flow(
        DataFlow(basis="possible", steps=(StepFlow(step="clean", reads=read, writes=write),))
    )
    lines = click.unstyle(terminal.getvalue()).splitlines()
    assert max(map(len, lines)) <= 36
    words = " ".join(lines).split()
    assert words[:6] == ["step", "reads", "writes", "clean", "name_0,", "name_1,"]
    assert "[bold]" in words


def test_a_notebook_without_steps_has_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_flow(DataFlow(basis="possible"))
    assert capsys.readouterr().out == ""
