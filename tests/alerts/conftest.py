"""Puts the helpers of ``tests/scheduling`` and ``tests/store`` within reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / room) for room in ("scheduling", "store")]

from postgres_server import postgres

from jupyter_mlops.store import Store

__all__ = ["postgres"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()
