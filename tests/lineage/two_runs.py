"""Two runs of one notebook, between which its code, its data and its parameters changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store

OLD = "patient,age,weight\na,30,61\nb,40,72\nc,50,83\n"
NEW = "patient,age,height\na,30,1.7\nb,41,1.8\nc,50,1.9\n"
ATTACK = """<script>document.title = 'taken'</script><style>body {display: none}</style>
<b onclick="steal()">bold</b>
<img src="http://example.org/pixel.png"><a href="javascript:steal()">x</a>"""
CELLS = (
    ("markdown", (), "# Does it add up?\n\nWe draw a *number* for each patient."),
    ("code", ("parameters",), "seed: int = 1  # of the draw\nscale = 2\nspare = 'a'"),
    ("code", ("shared",), "import csv\nimport os\nimport random"),
    ("code", ("step:chance",), "noise = os.urandom(8)"),
    (
        "code",
        ("step:load",),
        "rows = list(csv.DictReader(open('data.csv')))\nprint(rows[1]['age'], 'years')",
    ),
    (
        "code",
        ("step:draw",),
        "random.seed(seed)\n"
        "drawn = [round(random.random() * scale, 3) for _ in rows]\n"
        "open('drawn.csv', 'w').write('n\\n' + ''.join(f'{n}\\n' for n in drawn))",
    ),
    ("code", ("metrics",), "total = sum(drawn)"),
    (
        "code",
        ("step:show",),
        "from IPython.display import HTML, Image, display\n"
        f"display(HTML({ATTACK!r}))\n"
        "os.remove('drawn.csv') if len(noise) < 8 else len(rows)",
    ),
)


@dataclass(frozen=True)
class Past:
    """The store, and the two runs in it."""

    store: Store
    a: Run
    b: Run

    @property
    def notebook(self) -> Path:
        return Path(self.a.notebook)


@pytest.fixture(scope="session")
def past(isolated_jupyter: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    home = tmp_path_factory.mktemp("past")
    notebook = home / "book.ipynb"
    data = home / "data.csv"
    store = Store(tmp_path_factory.mktemp("store")).open()

    def run(code: str, table: str, fresh: bool = False, **parameters: str) -> Run:
        notebook.write_text(json.dumps(_document()).replace("* scale", code))
        data.write_text(table)
        request = RunRequest(
            notebook=notebook, engine="local", text_parameters=parameters, fresh=fresh
        )
        return run_pipeline(request, store=store, settings=Mlops())

    a = run("* scale", OLD)
    b = run("+ scale", NEW, fresh=True, seed="2", spare="b")
    yield Past(store, a, b)
    store.close()


def _document() -> dict[str, object]:
    cells = []
    for number, (kind, tags, source) in enumerate(CELLS, start=1):
        cell = {"cell_type": kind, "id": f"c{number}", "metadata": {"tags": tags}, "source": source}
        cells.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
