"""Notebooks to measure, and whole commands to measure them with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Mlops = Callable[..., None]


@pytest.fixture
def mlops(tmp_path: Path) -> Mlops:
    """Runs a command to its end in a process of its own, on the store of the test."""
    environ = {**os.environ, "JUPYTER_MLOPS_STORE": str(tmp_path / "store")}

    def run(*arguments: str | Path) -> None:
        command = [sys.executable, "-m", "jupyter_mlops.cli", *map(str, arguments)]
        subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)

    return run


def write_notebook(path: Path, cells: Sequence[tuple[str, str]]) -> Path:
    """The path, after a notebook of ``(tag, source)`` code cells was written to it."""
    document = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {"tags": [tag] if tag else []},
                "source": source,
                "execution_count": None,
                "outputs": [],
            }
            for number, (tag, source) in enumerate(cells, start=1)
        ],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def chain(tmp_path: Path) -> Callable[[int], Path]:
    """Writes a notebook of so many one-cell steps, each of which reads what the last one bound."""

    def write(steps: int) -> Path:
        cells = [("step:s0", "x0 = 0")]
        cells += [(f"step:s{n}", f"x{n} = x{n - 1} + 1") for n in range(1, steps)]
        return write_notebook(tmp_path / "project" / "chain.ipynb", cells)

    return write


@pytest.fixture
def long_notebook(tmp_path: Path) -> Path:
    """A notebook of 65 cells of 12 lines in eight steps, as people write them."""
    body = """
frame = pd.DataFrame({{"a": np.arange(100), "b": np.random.rand(100)}})
frame["c"] = frame["a"] * {n} + offset
selected = frame[frame["b"] > 0.5].groupby("a").mean()
results[{n}] = selected["c"].sum()
for row in frame.itertuples():
    if row.a % 2:
        results[row.a] = scale(row.b)
names_{n} = [name.upper() for name in ("x", "y")]
def describe_{n}(table, limit=10):
    "What the table holds."
    return table.head(limit).to_string()
describe_{n}(frame)
"""
    cells = [
        ("shared", "import numpy as np\nimport pandas as pd\n\ndef scale(x):\n    return 2 * x")
    ]
    for n in range(64):
        start = "offset = 1\nresults = {}\n" if n == 0 else ""
        cells.append((f"step:part-{n // 8}" if n % 8 == 0 else "", start + body.format(n=n)))
    return write_notebook(tmp_path / "project" / "long.ipynb", cells)
