"""``sweep`` and ``backfill``: what is refused before anything runs, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

Mlops = Callable[..., Result]
NOTEBOOK = [("parameters", "day = 'x'\nn = 1"), ("step:load", "print(day)"), ("metrics", "m = n")]


@pytest.fixture
def notebook(write_notebook: Callable[..., Path]) -> Path:
    return write_notebook("report.ipynb", *NOTEBOOK)


def answer(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


JANUARY = ("--param", "day", "--from", "2026-01-01", "--to", "2026-01-02")


@dataclass(frozen=True)
class Refusal:
    name: str
    words: tuple[str, ...]
    message: str


REFUSALS = [
    Refusal("nothing swept", ("sweep",), "Give --sweep or --sweep-file"),
    Refusal("wrong type", ("sweep", "--sweep", "n=1,x"), "takes int, not 'x'"),
    Refusal("no file", ("sweep", "--sweep-file", "no.csv"), "no.csv cannot be read"),
    Refusal("no dates", ("backfill", "--param", "day"), "Missing option '--from'"),
    Refusal("two rhythms", ("backfill", *JANUARY, "--every", "1d", "--cron", "x"), "contradict"),
    Refusal("zone alone", ("backfill", *JANUARY, "--tz", "UTC"), "--tz is of --cron"),
    Refusal("dates as numbers", ("backfill", *JANUARY, "--param", "n"), "takes int, not '2026"),
    Refusal("page there", ("sweep", "--sweep", "n=1", "--html", "/dev/null"), "exists"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_runs_of_what_is_wrong(mlops: Mlops, notebook: Path, case: Refusal) -> None:
    command, *options = case.words
    refused = mlops(command, notebook, *options)
    code = 1 if case.message == "exists" else 2
    assert (refused.exit_code, case.message in refused.stderr) == (code, True), refused.output
    assert answer(mlops("runs", "--json")) == []
    assert mlops("sweep", "list").stdout == "no sweeps\n"


@pytest.mark.kernel
def test_a_backfill_and_its_table(mlops: Mlops, notebook: Path, tmp_path: Path) -> None:
    page = tmp_path / "table.html"
    options = ("--engine", "local", "--parallel", "1", "-p", "n", "7")
    done = mlops("backfill", notebook, *JANUARY, *options, "--html", page, "--json")
    report = answer(done)
    assert [(one["values"], one["state"], one["metrics"]) for one in report["combinations"]] == [
        ({"day": "2026-01-01"}, "succeeded", {"load": {"m": 7}}),
        ({"day": "2026-01-02"}, "succeeded", {"load": {"m": 7}}),
    ]
    assert (report["state"], report["sweep"]["fixed"]) == ("succeeded", {"n": 7})
    assert "2 of 2  day=2026-01-02  succeeded" in done.stderr
    assert answer(mlops("sweep", "show", "latest", "--json")) == report
    assert answer(mlops("sweep", "list", "--json")) == [report]
    shown = mlops("sweep", "show", "latest").stdout.splitlines()
    head = next(line for line in shown if "duration" in line)
    assert head.split() == ["day", "state", "duration", "reused", "m", "run"]
    assert "2 combinations: 2 succeeded; 0 of 2 steps reused" in shown
    assert mlops("sweep", "list").stdout.splitlines()[1].split()[4:7] == ["2", "of", "2"]
    assert all(text in page.read_text() for text in ("2026-01-02", "succeeded", "<td"))
    again = mlops("sweep", "resume", "latest", "--json")
    assert answer(again) == report
