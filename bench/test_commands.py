"""CPU seconds of whole commands, start-up of the interpreter included."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest


def children_cpu() -> float:
    """CPU seconds, user and system, of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


pytestmark = pytest.mark.benchmark(timer=children_cpu, group="commands, CPU seconds")


def test_help(benchmark, mlops) -> None:
    benchmark.pedantic(mlops, args=("--help",), rounds=5)


def test_check_65_cells(benchmark, mlops, long_notebook) -> None:
    benchmark.pedantic(mlops, args=("check", long_notebook(65)), rounds=5)


def test_compile_65_cells(benchmark, mlops, long_notebook, tmp_path: Path) -> None:
    arguments = ("compile", long_notebook(65), "-o", tmp_path / "pipeline", "--no-lock")
    benchmark.pedantic(mlops, args=arguments, rounds=5)


@pytest.mark.parametrize("steps", [250, 500, 1000])
def test_compile_one_cell_steps(benchmark, mlops, chain, tmp_path: Path, steps: int) -> None:
    arguments = ("compile", chain(steps), "-o", tmp_path / "pipeline", "--no-lock")
    benchmark.pedantic(mlops, args=arguments, rounds=3)


@pytest.mark.parametrize("steps", [10, 200, 1000])
def test_reuse_of_all_steps(benchmark, mlops, chain, tmp_path: Path, steps: int) -> None:
    notebook = chain(steps)
    recording = [sys.executable, Path(__file__).with_name("pretended.py"), notebook]
    environ = {**os.environ, "JUPYTER_MLOPS_STORE": str(tmp_path / "store")}
    subprocess.run(recording, env=environ, check=True)
    benchmark.pedantic(mlops, args=("run", notebook, "--engine", "local"), rounds=5)
