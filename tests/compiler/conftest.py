from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.notebook import Notebook, parse_notebook

Cells = tuple[tuple[str, str], ...]


def build(
    cells: Cells, *, settings: dict | None = None, cell_settings: dict | None = None
) -> Notebook:
    """A notebook of (tags, source) cells; ``#`` as the first tag makes a markdown cell."""
    document = {
        "cells": [
            {
                "cell_type": "markdown" if tags.startswith("#") else "code",
                "id": f"c{number}",
                "metadata": {
                    "tags": [t for t in tags.split(",") if t and t != "#"],
                    "jupyter_mlops": (cell_settings or {}).get(number, {}),
                },
                "source": source,
            }
            for number, (tags, source) in enumerate(cells, start=1)
        ],
        "metadata": {"jupyter_mlops": settings or {}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return parse_notebook(json.dumps(document).encode(), Path("nb.ipynb"))


@pytest.fixture
def make_notebook() -> Callable[..., Notebook]:
    return build
