"""Projects that declare what their notebook runs in, and the kernels of their notebooks."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from packages import STEP, Index

from jupyter_mlops.environments import Detected, Kernel
from jupyter_mlops.environments.installs import Install
from jupyter_mlops.environments.sources import default_index

PYTHON = "{}.{}".format(*sys.version_info[:2])
OTHER_PYTHON = f"3.{sys.version_info.minor + 1}"
PYLOCK = """\
lock-version = "1.0"
created-by = "a test"
requires-python = ">={python}"
[[packages]]
name = "beta"
version = "1.4"
[[packages.wheels]]
name = "beta-1.4-py3-none-any.whl"
url = "https://index.test/beta-1.4-py3-none-any.whl"
hashes = {sha256 = "{digest}"}
[[packages]]
name = "windows-only"
version = "1.0"
marker = "sys_platform == 'win32'"
[[packages.wheels]]
url = "https://index.test/windows_only-1.0-py3-none-win_amd64.whl"
hashes = {sha256 = "{digest}"}
"""
UV_LOCK = """\
version = 1
revision = 3
requires-python = ">={python}"

[[package]]
name = "beta"
version = "1.4"
source = { registry = "https://index.test/simple" }
wheels = [
    { url = "https://index.test/beta-1.4-py3-none-any.whl", hash = "sha256:{digest}" },
]

[[package]]
name = "project"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "beta" }]

[package.metadata]
requires-dist = [{ name = "beta" }]
"""
PYPROJECT = '[project]\nname = "project"\nversion = "0"\ndependencies = ["beta"]\n'


def detected(
    needed: Mapping[str, str],
    *,
    closure: Mapping[str, str] | None = None,
    installed: Mapping[str, str] | None = None,
    elsewhere: Mapping[str, str] | None = None,
    installs: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
) -> Detected:
    """A kernel in which each package installs the module of its own name."""
    closure = closure or needed
    return Detected(
        kernel=Kernel(name="mine", python=sys.executable, version=f"{PYTHON}.0"),
        needed=needed,
        closure=closure,
        installed={**closure, **STEP, **(installed or {})},
        elsewhere=elsewhere or {},
        modules={name.replace("-", "_"): (name,) for name in needed},
        absent=absent,
        installs=tuple(
            Install(cell=4, name=re.split("[=<>]", text)[0], text=text) for text in installs
        ),
    )


def laid_out(folder: Path, files: Mapping[str, str], index: Index) -> None:
    """Write the files; ``{python}``, and ``{beta}`` and ``{digest}`` of beta 1.4, are filled in."""
    folder.mkdir()
    for name, text in files.items():
        filled = text.replace("{python}", PYTHON).replace("{other python}", OTHER_PYTHON)
        if "{default index}" in filled:
            filled = filled.replace("{default index}", str(default_index()))
        digest = index.digest("beta", "1.4")
        filled = filled.replace("{digest}", digest.removeprefix("sha256:"))
        (folder / name).write_text(filled.replace("{beta}", index.pin("beta", "1.4")))
