"""Handing variables over, against plain pickles of the same bytes; CPU in ``extra_info``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import write_notebook
from test_commands import children_cpu

MIB = int(os.environ.get("BENCH_VALUE_MIB", "1024"))
ARRAYS = int(os.environ.get("BENCH_LIVE_ARRAYS", "10"))
ROUNDS = int(os.environ.get("BENCH_HANDOVERS", "3"))
SIDES = ("write", "read", "read and write")
WAYS = ("state", "pickle", "cloudpickle")


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    script = Path(__file__).with_name("handover.py")
    found = subprocess.run(
        [sys.executable, str(script), *arguments, str(folder)],
        env={**os.environ, "JUPYTER_MLOPS_STATE": str(state), "JUPYTER_MLOPS_WORK": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(found.stdout)
    return figures


@pytest.mark.benchmark(group=f"one value of {MIB} MiB handed over", min_rounds=1)
@pytest.mark.parametrize("kind", ["array", "frame"])
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("way", WAYS)
def test_one_value(benchmark, tmp_path: Path, way: str, side: str, kind: str) -> None:
    costs = []
    number = iter(range(1000))

    def prepare() -> tuple[tuple[Path], dict[str, Any]]:
        folder = tmp_path / str(next(number))
        if side != "write":
            run(folder, way, "write", kind, str(MIB))
        return (folder,), {}

    def hand_over(folder: Path) -> None:
        costs.append(run(folder, way, side, kind, str(MIB)))
        shutil.rmtree(folder)

    benchmark.pedantic(hand_over, setup=prepare, rounds=ROUNDS)
    benchmark.extra_info["mib"] = MIB
    benchmark.extra_info["rounds"] = costs
    benchmark.extra_info["least_cpu"] = min(cost["user"] + cost["system"] for cost in costs)


@pytest.mark.benchmark(
    timer=children_cpu,
    group=f"a step that reads one small name out of {ARRAYS} x {MIB} MiB, whole `run`, CPU seconds",
)
@pytest.mark.parametrize("arrays", [0, ARRAYS])
def test_one_small_name(benchmark, mlops, tmp_path: Path, arrays: int) -> None:
    """The middle step runs anew, alone; the arrays are live for the last one, but not for it."""
    names = [f"a{n}" for n in range(arrays)]
    make = "\n".join(f"{name} = np.arange({MIB << 17}) + {n}" for n, name in enumerate(names))
    last = "".join(f"print({name}[0])\n" for name in names)

    def write(number: int) -> Path:
        cells = [
            ("step:make", f"import numpy as np\nsmall = 1\n{make}"),
            ("step:middle", f"print(small + {number})"),
            ("step:last", f"print(small)\n{last}"),
        ]
        return write_notebook(tmp_path / "project" / "book.ipynb", cells)

    mlops("run", write(0), "--engine", "local")
    numbers = iter(range(1, 1000))

    def prepare() -> tuple[tuple[str | Path, ...], dict[str, Any]]:
        return ("run", write(next(numbers)), "--engine", "local"), {}

    try:
        benchmark.pedantic(mlops, setup=prepare, rounds=ROUNDS)
    finally:
        shutil.rmtree(tmp_path / "store")
