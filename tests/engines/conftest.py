"""Puts the helpers of ``tests/step`` within reach."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "step"))

pytest.register_assert_rewrite("conformance", "contained", "runs")
