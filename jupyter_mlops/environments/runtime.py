"""What every step needs: packages, and this package's own modules as files for its image."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jupyter_mlops.model.runtime import RUNTIME_MODULES

RUNTIME = {"cloudpickle": ">=3", "ipykernel": ">=6.29", "papermill": ">=2.6"}
"""What a step needs besides the notebook's own packages: distribution → versions that do."""


def runtime_files() -> Mapping[str, bytes]:
    """Path below the package's parent folder → bytes, such as ``jupyter_mlops/errors.py``."""
    package = Path(__file__).parents[1]
    files = [
        path
        for entry in RUNTIME_MODULES
        for path in (
            [package / entry] if entry.endswith(".py") else (package / entry).rglob("*.py")
        )
    ]
    return {
        path.relative_to(package.parent).as_posix(): path.read_bytes() for path in sorted(files)
    }
