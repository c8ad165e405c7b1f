"""trace, export and import as commands: what they print, write and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from traced_history import PICTURE, record_traced

from jupyter_mlops.store import Store

Mlops = Callable[..., Result]


@dataclass(frozen=True)
class Refusal:
    """A command that is refused: words of its message, and the exit code."""

    arguments: str
    message: str
    code: int = 1


REFUSALS = [
    Refusal("trace unknown.bin", "no execution on record made or took"),
    Refusal("trace .", "is a folder"),
    Refusal("trace nothing", "nothing is no file, and no run is named so", 2),
    Refusal("trace 0000", "no execution on record made or took 0000"),
    Refusal("trace sha256:", "more than one digest begins with"),
    Refusal("trace made --depth 0", "Invalid value for '--depth'", 2),
    Refusal("export nothing -o x.zip", "no run is named 'nothing'", 2),
    Refusal("export made", "Missing option '-o'", 2),
    Refusal("export made -o unknown.bin", "unknown.bin exists"),
    Refusal("export made -o none/x.zip", "none/x.zip"),
    Refusal("import absent.zip", "does not exist", 2),
    Refusal("import unknown.bin", "it is not a zip file"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.arguments)
def test_refusals(
    mlops: Mlops, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: Refusal
) -> None:
    monkeypatch.chdir(tmp_path)
    record_traced(store)
    Path("unknown.bin").write_bytes(b"nobody's")
    result = mlops(*refusal.arguments.split())
    assert (refusal.message in result.output, result.exit_code) == (True, refusal.code)


def test_a_figure_under_any_name_has_its_certificate(
    mlops: Mlops, store: Store, tmp_path: Path
) -> None:
    record_traced(store)
    figure = tmp_path / "figure 3 (final).png"
    figure.write_bytes(PICTURE)
    lines = mlops("trace", figure, "--up").output.splitlines()
    assert [
        line.split() for line in lines if line.startswith(("made as", "by", "cell", "who"))
    ] == [
        ["made", "as", "figure", "c3"],
        ["by", "step", "plot", "of", "run", "made", "(made.plot.1)"],
        ["cell", "4"],
        ["who", "ada", "on", "here:", "a", "test"],
    ]
    assert "    plot()" in lines
    assert lines[-3:] == [
        "made.plot.1   ← df, model.pkl  → figure of cell c3",
        "made.train.1  ← df             → model.pkl",
        "made.load.1   ← data/raw.csv   → df",
    ]
    assert "\x1b" not in "".join(lines)


def test_answers_are_json_and_drawings_stand_alone(
    mlops: Mlops, store: Store, tmp_path: Path
) -> None:
    record_traced(store)
    svg, html = tmp_path / "t.svg", tmp_path / "t.html"
    found = json.loads(mlops("trace", "made", "--svg", svg, "--html", html, "--json").stdout)
    assert (found["run"], found["digest"], len(found["steps"])) == ("made", None, 5)
    for text in (svg.read_text(), html.read_text()):
        assert "model.pkl" in text
        assert not {"http:", "https:", "src=", "href="} & set(
            text.replace('xmlns="http://www.w3.org/2000/svg"', "").split('"')
        )
    file, elsewhere = tmp_path / "made.zip", tmp_path / "elsewhere"
    done = json.loads(mlops("export", "made", "-o", file, "--json").stdout)
    assert (done["runs"], Path(done["file"])) == (["made"], file)
    taken = json.loads(mlops("--store", elsewhere, "import", file, "--json").stdout)
    assert (taken["runs"], taken["known"]) == (["made"], [])
    shown = mlops("--store", elsewhere, "show", "made").output
    assert "made by     ada on here; imported by " in shown
