"""``verify_notebook``: two whole runs and the pipeline; the oracle's table has the many cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from jupyter_mlops.runner import RunRequest
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store
from jupyter_mlops.verify import verify_notebook
from jupyter_mlops.verify.compare import CellState

pytestmark = pytest.mark.kernel


@dataclass(frozen=True, kw_only=True)
class Case:
    """Sources of steps a, b, c …, below a shared cell; the cells that are not the same, by step."""

    name: str
    steps: tuple[str, ...]
    shared: str
    others: dict[str, CellState] = field(default_factory=dict)


CASES = [
    Case(
        name="files of the project stay as they are",
        shared="from pathlib import Path",
        steps=(
            "Path('given.txt').write_text('changed')\nPath('new.txt').write_text('new')",
            "print(Path('given.txt').read_text(), sorted(p.name for p in Path().glob('*.txt')))",
        ),
    ),
    Case(
        name="a mapped file that is written to, generators in the middle, random draws",
        shared="import numpy as np\nimport random",
        steps=(
            "m = np.memmap('m.bin', mode='w+', shape=3)\nr = np.array(m)\ng = iter([1, 2, 3])\n"
            "next(g)",
            "m[0] = 7",
            "print(next(g), r)",
            "random.random()",
        ),
        others={"b": "refused", "d": "not deterministic"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_verdicts_by_step(case: Case, notebook_file, store_root) -> None:
    names = "abcd"[: len(case.steps)]
    cells = [("shared", case.shared)]
    cells += [(f"step:{n}", source) for n, source in zip(names, case.steps, strict=True)]
    path = notebook_file(cells)
    (path.parent / "given.txt").write_text("given")
    found = verify_notebook(
        RunRequest(notebook=path, engine="local"),
        store=Store(store_root).open(),
        settings=load_settings(),
    )
    steps = [cell for cell in found.cells if cell.step]
    assert {c.step: c.state for c in steps} == dict.fromkeys(names, "same") | case.others, steps
    assert found.same == ("refused" not in case.others.values())
    assert {p.name: p.read_bytes() for p in path.parent.glob("*.txt")} == {"given.txt": b"given"}
    assert list((store_root / "cache").glob("verify-*")) == []
