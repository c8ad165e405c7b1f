"""Projects to run, and to run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project


@pytest.fixture
def project(tmp_path: Path, notebook_file: Callable[..., Path]) -> Project:
    return Project(tmp_path, notebook_file)
