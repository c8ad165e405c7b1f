"""Projects to sweep; puts the helpers of ``tests/runner`` and ``tests/store`` within reach."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlops.store import Store

sys.path.append(str(Path(__file__).parents[1] / "runner"))
sys.path.append(str(Path(__file__).parents[1] / "store"))

from projects import Project


@pytest.fixture
def project(tmp_path: Path, notebook_file: Callable[..., Path]) -> Project:
    return Project(tmp_path, notebook_file)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()
