"""Commands as a user gives them, and a store of recorded runs to give them about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jupyter_mlops.cli.group import cli
from jupyter_mlops.store import Store

Mlops = Callable[..., Result]
Write = Callable[..., Path]


@pytest.fixture
def mlops(tmp_path: Path) -> Mlops:
    """Runs a command on the store ``tmp_path/store``."""

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, ["--store", str(tmp_path / "store"), *map(str, arguments)])

    return run


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()


@pytest.fixture
def write_notebook(tmp_path: Path) -> Write:
    """Writes code cells, each as ``(tags with commas, source)``, into the notebook ``name``."""

    def write(name: str, *cells: tuple[str, str]) -> Path:
        path = tmp_path / "project" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(_document(cells)))
        return path

    return write


def _document(cells: Sequence[tuple[str, str]]) -> dict[str, object]:
    return {
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {"tags": tags.split(",")},
                "source": source,
                "execution_count": None,
                "outputs": [],
            }
            for number, (tags, source) in enumerate(cells, start=1)
        ],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
