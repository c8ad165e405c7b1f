"""Projects to run; puts the helpers of ``tests/runner`` within reach."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from projects import Project


@pytest.fixture
def project(tmp_path: Path, notebook_file: Callable[..., Path]) -> Project:
    return Project(tmp_path, notebook_file)
