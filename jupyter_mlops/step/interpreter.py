"""The interpreter that runs the kernel: what it has, and how a kernel is started in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.step.containment import declared_environment
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.runtime import make_kernel_path

_LAUNCHER = Path(__file__).with_name("launcher.py")
_PROBE = """
import importlib.util as u, json, sys
print(json.dumps([n for n in sys.argv[1:] if u.find_spec(n) is None]))
"""


def missing_modules(python: str, *names: str) -> list[str]:
    """Those of the top-level modules that the interpreter does not have.

    Raises:
        EnvironmentFailure: if the interpreter cannot be started.
    """
    try:
        done = subprocess.run(
            [python, "-c", _PROBE, *names],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=_plain(os.environ),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentFailure(
            f"the notebook's interpreter {python} cannot be started: {error}",
            fix="choose a kernel whose interpreter exists, or install it again",
        ) from error
    return list(json.loads(done.stdout))


def kernel_command(python: str) -> list[str]:
    """The command that starts a kernel; ``{connection_file}`` stands for its connection file."""
    return [python, str(_LAUNCHER), "-f", "{connection_file}"]


def kernel_environment(
    layout: Layout,
    environ: Mapping[str, str],
    scratch: Path,
    *,
    python: str,
    contained: bool,
    withheld: Sequence[str] = (),
    hermetic: bool = False,
) -> dict[str, str]:
    """The environment variables of the kernel.

    Args:
        layout: of the attempt.
        environ: the step's own variables; they win over inherited ones.
        scratch: a private folder.
        python: the kernel's interpreter.
        contained: True in a container, where the home folder may be missing or read-only.
        withheld: variables that are not inherited.
        hermetic: True to inherit only what says where things are.

    Raises:
        EnvironmentFailure: if the interpreter cannot be started or has no ipykernel.
    """
    lend = False
    if python != sys.executable:
        missing = missing_modules(python, "ipykernel", "cloudpickle")
        if "ipykernel" in missing:
            raise EnvironmentFailure(
                f"the notebook's interpreter {python} has no ipykernel",
                fix=f"install it there: {python} -m pip install ipykernel",
            )
        lend = "cloudpickle" in missing
    path = make_kernel_path(scratch / "path", cloudpickle=lend)
    home = _home(scratch) if contained else {}
    around = declared_environment(os.environ) if hermetic else os.environ
    around = {name: value for name, value in around.items() if name not in withheld}
    inherited = {**_plain(around), **home, "PYTHONHASHSEED": "0", **environ}
    below = inherited.get("PYTHONPATH")
    return {
        **inherited,
        "PYTHONPATH": f"{path}{os.pathsep}{below}" if below else str(path),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_MLOPS_STATE": str(layout.state),
        "JUPYTER_MLOPS_WORK": str(layout.work),
    }


def _plain(environ: Mapping[str, str]) -> dict[str, str]:
    """Without what would tie the kernel to this interpreter."""
    return {k: v for k, v in environ.items() if k not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")}


def _home(scratch: Path) -> dict[str, str]:
    folders = {
        "HOME": scratch / "home",
        "IPYTHONDIR": scratch / "home" / "ipython",
        "JUPYTER_CONFIG_DIR": scratch / "home" / "jupyter",
        "JUPYTER_DATA_DIR": scratch / "home" / "jupyter",
        "JUPYTER_RUNTIME_DIR": scratch / "home" / "runtime",
        "MPLCONFIGDIR": scratch / "home" / "matplotlib",
        "XDG_CACHE_HOME": scratch / "home" / "cache",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {name: str(folder) for name, folder in folders.items()}
