from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.errors import NotebookError
from jupyter_mlops.notebook import parse_notebook, read_notebook


def raw(**changes: Any) -> bytes:
    return json.dumps(
        {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | changes
    ).encode()


@dataclass(frozen=True, kw_only=True)
class Bad:
    name: str
    content: bytes
    message: str


BAD = [
    Bad(name="not JSON", content=b"x = 1\n", message="is not JSON (line 1)"),
    Bad(name="empty", content=b"", message="is not JSON (line 1)"),
    Bad(name="not UTF-8", content=b'{"a": "\xff"}', message="is not JSON"),
    Bad(name="a list", content=b"[]", message="has no `nbformat`"),
    Bad(name="other JSON", content=b'{"a": 1}', message="has no `nbformat`"),
    Bad(name="future", content=raw(nbformat=5), message="format 5"),
    Bad(name="no cells", content=raw(cells=None), message="no list of `cells`"),
    Bad(name="odd cell", content=raw(cells=[1]), message="cell 1 has no known cell_type"),
    Bad(
        name="no source",
        content=raw(cells=[{"cell_type": "code"}]),
        message="cell 1 has no text as its source",
    ),
    Bad(name="old and broken", content=raw(nbformat=3, worksheets=3), message="cannot be upgraded"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda c: c.name)
def test_not_a_notebook(case: Bad) -> None:
    with pytest.raises(NotebookError) as raised:
        parse_notebook(case.content, Path("nb.ipynb"))
    assert str(raised.value).startswith("nb.ipynb")
    assert case.message in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="no such file"):
        read_notebook(tmp_path / "nb.ipynb")
    with pytest.raises(NotebookError, match="is a folder"):
        read_notebook(tmp_path)


def test_cells_ids_tags_and_settings() -> None:
    cells = [
        {
            "cell_type": "code",
            "id": "a",
            "source": ["x = 1\n", "y"],
            "metadata": {"tags": ["t", 1]},
        },
        {"cell_type": "code", "id": "a", "source": "", "metadata": {"jupyter_mlops": {"cpus": 1}}},
        {"cell_type": "markdown", "source": "# T"},
    ]
    metadata = {"kernelspec": {"name": "py", "language": "Python"}, "jupyter_mlops": {"gpus": 1}}
    notebook = parse_notebook(raw(cells=cells, metadata=metadata), Path("nb.ipynb"))
    assert [(c.id, c.position, c.kind, c.source, c.tags, c.settings) for c in notebook.cells] == [
        ("a", 1, "code", "x = 1\ny", ("t",), {}),
        ("cell-2", 2, "code", "", (), {"cpus": 1}),
        ("cell-3", 3, "markdown", "# T", (), {}),
    ]
    assert (notebook.kernel, notebook.language, notebook.settings) == ("py", "python", {"gpus": 1})


def test_format_3_is_upgraded_in_memory() -> None:
    sheet = {
        "cells": [
            {"cell_type": "heading", "level": 1, "source": "Old", "metadata": {}},
            {
                "cell_type": "code",
                "input": "print(1)",
                "language": "python",
                "metadata": {},
                "outputs": [],
                "prompt_number": 1,
                "collapsed": False,
            },
        ],
        "metadata": {},
    }
    content = json.dumps(
        {"worksheets": [sheet], "metadata": {"name": "x"}, "nbformat": 3, "nbformat_minor": 0}
    ).encode()
    notebook = parse_notebook(content, Path("old.ipynb"))
    assert [(c.kind, c.source) for c in notebook.cells] == [
        ("markdown", "# Old"),
        ("code", "print(1)"),
    ]
    assert notebook.raw == content
