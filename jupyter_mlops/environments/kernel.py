"""The notebook's kernel: which interpreter it starts."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.errors import EnvironmentFailure

OLDEST = (3, 11)
"""The oldest Python that a step's own code runs on."""

_THIS_PYTHON = re.compile(rf"python(3(\.{sys.version_info.minor})?)?")
_VERSION = "import platform; print(platform.python_version())"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A Python kernel of this machine.

    Attributes:
        name: of its kernelspec.
        python: path of its interpreter.
        version: of its interpreter, such as ``3.11.7``.
    """

    name: str
    python: str
    version: str

    @property
    def series(self) -> str:
        """The version without its last part, such as ``3.11``."""
        return ".".join(self.version.split(".")[:2])


def find_kernel(name: str) -> Kernel:
    """The kernel that the kernelspec ``name`` starts.

    Raises:
        EnvironmentFailure: no such kernelspec (the message names those that exist), not Python, too
            old, or its interpreter does not start.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    try:
        spec = manager.get_kernel_spec(name)
    except (NoSuchKernel, ValueError):
        raise _missing(name, manager.find_kernel_specs()) from None
    if spec.language.lower() != "python":
        raise EnvironmentFailure(
            f"the notebook's kernel {name!r} runs {spec.language}, not Python",
            fix="choose a Python kernel for the notebook",
        )
    return kernel_at(name, _interpreter(name, spec.argv))


def kernel_at(name: str, python: str) -> Kernel:
    """The kernel of that name, of which the interpreter is known.

    Raises:
        EnvironmentFailure: it is too old, or does not start.
    """
    version = platform.python_version() if python == sys.executable else _version(name, python)
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise EnvironmentFailure(
            f"the notebook's kernel {name!r} runs Python {version}",
            fix="choose a kernel with Python {}.{} or newer".format(*OLDEST),
        )
    return Kernel(name=name, python=python, version=version)


def _missing(name: str, found: Mapping[str, Any]) -> EnvironmentFailure:
    known = ", ".join(sorted(found)) or "none"
    return EnvironmentFailure(
        f"the notebook's kernel {name!r} is not installed here; installed are: {known}",
        fix="choose one of them for the notebook, or install it in its environment: "
        f"python -m ipykernel install --user --name {name}",
    )


def _interpreter(name: str, argv: list[str]) -> str:
    """The interpreter's path; a bare ``python`` is this one, as it is for jupyter_client."""
    command = argv[0] if argv else ""
    if _THIS_PYTHON.fullmatch(command):
        return sys.executable
    path = shutil.which(command)
    if path is None:
        raise EnvironmentFailure(
            f"the notebook's kernel {name!r} starts {command!r}, which is not on this machine",
            fix="install the kernel anew, or choose another one for the notebook",
        )
    return path


def _version(name: str, python: str) -> str:
    try:
        answer = subprocess.run(
            [python, "-I", "-S", "-c", _VERSION],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    else:
        version = answer.stdout.strip()
        if answer.returncode == 0 and re.fullmatch(r"\d+\.\d+\.\S+", version):
            return version
        problem = (answer.stderr.strip() or version).rpartition("\n")[2]
    raise EnvironmentFailure(
        f"the notebook's kernel {name!r} starts {python}, no Python that works: {problem}",
        fix="install the kernel anew so that its command is a Python interpreter",
    )
