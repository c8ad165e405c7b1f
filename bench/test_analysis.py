"""CPU seconds of the analysis that a panel repeats while somebody types, imports left out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from jupyter_mlops.compiler import analyse_notebook
from jupyter_mlops.compiler.layout import forget_cells
from jupyter_mlops.notebook import Notebook, parse_notebook, read_notebook

pytestmark = pytest.mark.benchmark(timer=time.process_time, group="analysis, CPU seconds")


def edited(path: Path, number: int) -> Notebook:
    """The notebook with another last line in one of its cells."""
    text = path.read_text().replace("describe_150(frame)", f"describe_150(frame)  # {number}")
    return parse_notebook(text.encode(), path)


def test_300_cells_while_one_is_edited(benchmark, long_notebook) -> None:
    path = long_notebook(300)
    analyse_notebook(read_notebook(path))
    versions = (edited(path, number) for number in range(1000))
    benchmark.pedantic(lambda: analyse_notebook(next(versions)), rounds=20)


def test_300_cells_for_the_first_time(benchmark, long_notebook) -> None:
    notebook = read_notebook(long_notebook(300))
    benchmark.pedantic(lambda: analyse_notebook(notebook), setup=forget_cells, rounds=10)


@pytest.mark.parametrize("steps", [250, 500, 1000])
@pytest.mark.parametrize("source", ["x{n} = x{m} + 1", "x0.append({n})"], ids=["chain", "one name"])
def test_one_cell_steps(benchmark, chain, source: str, steps: int) -> None:
    notebook = read_notebook(chain(steps, source))
    benchmark.pedantic(lambda: analyse_notebook(notebook), setup=forget_cells, rounds=5)
