"""Projects to run; puts the helpers of ``tests/store`` within reach."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project

sys.path.append(str(Path(__file__).parents[1] / "store"))

from broken_wire import wire_to
from postgres_server import postgres
from s3_server import bucket, s3_server

__all__ = ["bucket", "postgres", "s3_server", "wire_to"]


@pytest.fixture
def project(tmp_path: Path, notebook_file: Callable[..., Path]) -> Project:
    return Project(tmp_path, notebook_file)
