from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.kernel_state.containment import Containment
from jupyter_mlops.kernel_state.files import Recorder, start_recording


@dataclass(frozen=True)
class Case:
    """What a step does to a linked file, and what the file in its folder then holds."""

    name: str
    code: str
    content: str


CASES = [
    Case("reads", "open('big.csv').read()", "theirs"),
    Case("rewrites", "open('big.csv', 'w').write('mine')", "mine"),
    Case("appends", "open('big.csv', 'a').write(' and mine')", "theirs and mine"),
    Case("changes in place", "open('big.csv', 'r+').write('T')", "Theirs"),
    Case("by a path object", "__import__('pathlib').Path('big.csv').write_text('mine')", "mine"),
    Case(
        "by a descriptor",
        "os.close(os.open('big.csv', os.O_WRONLY | os.O_TRUNC | os.O_CREAT))",
        "",
    ),
    Case("through a linked folder of its own", "open('sub/../big.csv', 'w').write('mine')", "mine"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_file_of_the_user_stays(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, work = tmp_path / "big.csv", tmp_path / "work"
    (work / "sub").mkdir(parents=True)
    theirs.write_text("theirs")
    (work / "big.csv").symlink_to(theirs)
    monkeypatch.chdir(work)
    recorder = Recorder(work, tmp_path / "state", Containment())
    start_recording(recorder)
    exec(case.code, {"os": os})
    with recorder.paused():
        assert ((work / "big.csv").read_text(), theirs.read_text()) == (case.content, "theirs")
