"""What holds for the package as a whole."""

from __future__ import annotations

import subprocess
import sys

import jupyter_mlops


def test_public_names() -> None:
    assert sorted(jupyter_mlops.__all__) == [
        "Catalog",
        "Diagnostic",
        "MlopsError",
        "RunRequest",
        "Store",
        "__version__",
        "compile_notebook",
        "read_notebook",
        "run_pipeline",
    ]
    assert all(hasattr(jupyter_mlops, name) for name in jupyter_mlops.__all__)


def test_rooms_look_only_into_rooms_above_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


HEAVY = {"IPython", "docker", "jupyter_server", "nbformat", "numpy", "pandas", "papermill", "rich"}
HEAVY |= {"sqlalchemy", "tornado"}


def test_help_and_check_import_nothing_heavy(tmp_path) -> None:
    code = (
        "import sys, jupyter_mlops.cli, jupyter_mlops.compiler, jupyter_mlops.notebook;"
        "import jupyter_mlops.runner, jupyter_mlops.store, jupyter_mlops.engines;"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
