"""Twelve combinations as a sweep and as commands of their own: two equal steps, one that varies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write_notebook
from test_commands import children_cpu

RATES = [str(number / 10) for number in range(1, 13)]
CELLS = [
    ("parameters", "lr = 0.5"),
    ("step:load", "rows = [1, 2]"),
    ("step:scale", "scaled = [row * 2 for row in rows]"),
    ("step:fit", "score = sum(scaled) * lr"),
]

pytestmark = pytest.mark.benchmark(timer=children_cpu, group="12 combinations, CPU seconds")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "project" / "book.ipynb", CELLS)


def test_sweep(benchmark, mlops: Callable[..., None], notebook: Path) -> None:
    words = ("sweep", notebook, "--sweep", f"lr={','.join(RATES)}", "--engine", "local")
    benchmark.pedantic(mlops, args=words, rounds=1)


def test_sweep_of_what_is_known(benchmark, mlops: Callable[..., None], notebook: Path) -> None:
    words = ("sweep", notebook, "--sweep", f"lr={','.join(RATES)}", "--engine", "local")
    mlops(*words)
    benchmark.pedantic(mlops, args=words, rounds=1)


def test_commands(benchmark, mlops: Callable[..., None], notebook: Path) -> None:
    def execute() -> None:
        for rate in RATES:
            mlops("run", notebook, "-p", "lr", rate, "--engine", "local")

    benchmark.pedantic(execute, rounds=1)
