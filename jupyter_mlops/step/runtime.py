"""What of this package an image or another interpreter needs to run a step."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlops.model.runtime import RUNTIME_MODULES

PACKAGE = Path(__file__).resolve().parents[1]


def make_kernel_path(folder: Path, *, cloudpickle: bool) -> Path:
    """A folder for ``PYTHONPATH`` from which a kernel can import ``jupyter_mlops.kernel_state``.

    Args:
        folder: is created; holds links only.
        cloudpickle: True to lend this interpreter's cloudpickle, which is pure Python.
    """
    package = folder / PACKAGE.name
    package.mkdir(parents=True)
    for name in RUNTIME_MODULES:
        (package / name).symlink_to(PACKAGE / name)
    if cloudpickle:
        import cloudpickle as lent

        (folder / "cloudpickle").symlink_to(Path(lent.__file__).parent)
    return folder
