"""Events of the runner, as people see them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import click
import pytest
from rich.console import Console

from jupyter_mlops.cli.live import LiveProgress
from jupyter_mlops.cli.plain import PlainProgress

Event = dict[str, Any]


def step(name: str, state: str, why: str = "") -> Event:
    return {"event": "step", "run": "r", "step": name, "state": state, "why": why}


def output(name: str, text: str, stream: str = "stdout") -> Event:
    cell = {"id": "a", "cell": 3, "time": 1.0}
    return {"event": "output", "run": "r", "step": name, "stream": stream, "text": text, **cell}


@dataclass(frozen=True)
class Case:
    """Events, and the plain lines that they become."""

    name: str
    events: tuple[Event, ...]
    lines: tuple[str, ...]


CASES = [
    Case(name="a reused step", events=(step("load", "reused", "equal key"),),
         lines=("load  reused            -  equal key",)),
    Case(name="a step without a reason", events=(step("load", "skipped"),),
         lines=("load  skipped           -",)),
    Case(name="columns as wide as the widest known step",
         events=(step("a", "pending"), step("report", "pending"), step("a", "reused", "equal")),
         lines=("a       reused            -  equal",)),
    Case(name="lines in pieces", events=(output("load", "one"), output("load", " two\nthr"),
                                         output("load", "ee\n")),
         lines=("load | one two", "load | three")),
    Case(name="pieces of two steps apart",
         events=(output("a", "x"), output("b", "y"), output("a", "1\n"), output("b", "2\n")),
         lines=("a | x1", "b | y2")),
    Case(name="of a progress bar the last state",
         events=(output("load", " 0%\r 50%\r"), output("load", "100%\r\n")),
         lines=("load | 100%",)),
    Case(name="what is displayed on lines of its own",
         events=(output("load", "<Axes>", "display"), output("load", "df\n", "display")),
         lines=("load | <Axes>", "load | df")),
    Case(name="an unfinished line is not lost",
         events=(output("load", "end"), step("load", "failed", "cell 3 raised")),
         lines=("load | end", "load  failed            -  cell 3 raised")),
    Case(name="a notice", events=({"event": "run", "state": "running", "notice": "no Docker"},),
         lines=("no Docker",)),
    Case(name="a notice is shown once",
         events=({"event": "run", "state": "running", "notice": "no Docker"},
                 {"event": "run", "state": "succeeded", "notice": "no Docker"}),
         lines=("no Docker",)),
    Case(name="files that changed",
         events=({"event": "file-changed", "path": "a.csv", "became": "changed", "steps": ["load"]},
                 {"event": "file-changed", "path": "/b", "became": "gone", "steps": ["a", "b"]},
                 {"event": "file-changed", "path": "c", "became": "new", "steps": ["a"]}),
         lines=("a.csv changed since the last run; read by load",
                "/b is gone since the last run; read by a, b",
                "c is new since the last run; read by a")),
    Case(name="an empty notice", events=({"event": "run", "state": "running", "notice": ""},),
         lines=()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("err", [False, True], ids=["stdout", "stderr"])
def test_plain_lines(case: Case, err: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with PlainProgress(err=err) as progress:
        widths = {e["step"]: "" for e in case.events if e["event"] == "output"}
        for name in widths:
            progress.on_event(step(name, "pending"))
        for event in case.events:
            progress.on_event(event)
    text = "".join(line + "\n" for line in case.lines)
    assert tuple(capsys.readouterr()) == (("", text) if err else (text, ""))


def test_the_run_goes_on_when_its_lines_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    with PlainProgress(err=False) as progress:
        progress.on_event(step("load", "reused"))
        progress.on_event(step("train", "reused"))


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=60, color_system=None)


def drawn(progress: LiveProgress) -> list[str]:
    """The lines of the table as it stands."""
    console = Console(file=io.StringIO(), width=60)
    console.print(progress.table())
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_live_table() -> None:
    times = iter([0.0, 75.0, 75.4])
    progress = LiveProgress(terminal(), clock=lambda: next(times))
    for event in (
        step("load", "pending"),
        step("train", "pending"),
        step("load", "reused", "equal key"),
    ):
        progress.on_event(event)
    pending = drawn(progress)
    for event in (
        step("train", "running"),
        {"event": "cell-started", "step": "train", "cell": 7, "id": "fit", "role": "code"},
        output("train", "epoch 1\n\nepo"),
    ):
        progress.on_event(event)
    running = drawn(progress)
    progress.on_event(step("train", "failed", "cell 7 raised ValueError"))
    assert (pending, running, drawn(progress)) == (
        [
            "step   state      time",
            "load   ↻ reused         equal key",
            "train  · pending",
        ],
        [
            "step   state            time",
            "load   ↻ reused               equal key",
            "train  ▶ running  1 min 15 s  cell 7  epoch 1",
        ],
        [
            "step   state           time",
            "load   ↻ reused              equal key",
            "train  ✗ failed  1 min 15 s  cell 7 raised ValueError",
        ],
    )


def test_live_output_is_streamed_above_the_table() -> None:
    console = terminal()
    with LiveProgress(console) as progress:
        progress.on_event(step("train", "running"))
        progress.on_event(output("train", "\x1b[31mred\x1b[0m [bold]\nhalf"))
        progress.on_event(step("train", "succeeded", "first run"))
    lines = click.unstyle(console.file.getvalue()).replace("\r", "\n").splitlines()
    assert [line for line in lines if " | " in line] == [
        "train | red [bold]",
        "train | half",
    ]
