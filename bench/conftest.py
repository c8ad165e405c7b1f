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
def chain(tmp_path: Path) -> Callable[..., Path]:
    """Writes a notebook of so many one-cell steps.

    Each has ``source``, with its number for ``n`` and the last one's for ``m``; without it, each
    reads what the last one bound.
    """

    def write(steps: int, source: str = "x{n} = x{m} + 1") -> Path:
        cells = [("step:s0", "x0 = 0")]
        cells += [(f"step:s{n}", source.format(n=n, m=n - 1)) for n in range(1, steps)]
        return write_notebook(tmp_path / "project" / "chain.ipynb", cells)

    return write


@pytest.fixture
def long_notebook(tmp_path: Path) -> Callable[[int], Path]:
    """Writes a notebook of so many cells of 12 lines, eight a step, as people write them."""
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

    def write(cells: int) -> Path:
        shared = "import numpy as np\nimport pandas as pd\n\ndef scale(x):\n    return 2 * x"
        written = [("shared", shared)]
        for n in range(cells - 1):
            start = "offset = 1\nresults = {}\n" if n == 0 else ""
            tag = f"step:part-{n // 8}" if n % 8 == 0 else ""
            written.append((tag, start + body.format(n=n)))
        return write_notebook(tmp_path / "project" / "long.ipynb", written)

    return write
