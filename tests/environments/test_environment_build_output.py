"""What a build prints comes in pieces that end anywhere, each coloured by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.environments.build import Printed


@dataclass(frozen=True, kw_only=True)
class Output:
    title: str
    pieces: list[str]
    lines: list[str]


OUTPUTS = [
    Output(title="a line a piece", pieces=["one\n", "two\n"], lines=["one", "two"]),
    Output(
        title="the end of a line apart", pieces=["Step 1/2 : RUN", "\n"], lines=["Step 1/2 : RUN"]
    ),
    Output(
        title="one line in coloured pieces",
        pieces=[
            "\x1b[91mE\x1b[0m",
            "\x1b[91m: \x1b[0m",
            "\x1b[91mUnable to locate package a\n\x1b[0m",
        ],
        lines=["E: Unable to locate package a"],
    ),
    Output(title="a progress bar", pieces=["10 %\r", "20 %\r\n"], lines=["10 %", "20 %"]),
    Output(title="an open line", pieces=["cut o", "ff"], lines=["cut off"]),
    Output(title="nothing", pieces=["", " \n", "\n"], lines=[]),
]


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.title)
def test_lines_are_whole(output: Output) -> None:
    heard: list[str] = []
    printed = Printed(heard.append)
    for piece in output.pieces:
        printed.add(piece)
    printed.end_line()
    assert (printed.lines, heard) == (output.lines, output.lines)
