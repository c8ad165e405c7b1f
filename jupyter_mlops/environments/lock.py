"""The lock of an environment: every package with version and hashes, resolved by uv."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jupyter_mlops.environments.detect import Detected
from jupyter_mlops.environments.sources import package_sources
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store.disk import disk_problems, write_new

RUNTIME_PACKAGES = ("cloudpickle", "ipykernel", "papermill")
"""What a step needs besides the notebook's own packages."""

_UNSATISFIABLE = 1  # uv's exit code; others mean that it could not even try
_FIX_VERSIONS = (
    "install versions in the notebook's kernel that the package index has and that fit together "
    "(`uv pip check` names those that do not), or run with --engine local"
)
_FIX_INDEX = (
    "make the package index reachable (JUPYTER_MLOPS_INDEX_URL and JUPYTER_MLOPS_CA_BUNDLE choose "
    "it and its certificates), or run with --engine local"
)

_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.M)
_HEADER = re.compile(r"^# Python (\d+\.\d+)", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file: pinned packages with hashes, as ``pip install --require-hashes`` takes them.

    Attributes:
        text: the file; names no package index.
        digest: of the text.
        python: X.Y of the interpreter that it was made for.
        packages: distribution → version.
    """

    text: str
    digest: str
    python: str
    packages: Mapping[str, str]


def read_lock(text: str) -> Lock:
    """The lock that ``text`` is the file of."""
    header = _HEADER.search(text)
    if header is None:
        raise ValueError("not a lock of this program: it names no Python version")
    return Lock(
        text=text,
        digest=identity.of_bytes(text.encode()),
        python=header.group(1),
        packages=dict(_PIN.findall(text)),
    )


def make_lock(detected: Detected, *, settings: Mlops, store_cache: Path) -> Lock:
    """A lock that installs what the notebook imports in the versions of its kernel.

    The kernel's versions hold for everything else too where the packages that a step itself needs
    allow it. Equal requests are resolved once: ``store_cache/locks`` keeps the answers.

    Args:
        detected: what the pipeline needs.
        settings: name the package index.
        store_cache: the store's folder of what can be made anew.

    Raises:
        EnvironmentFailure: a package that the notebook needs came from no index, or no set of
            packages satisfies it.
        StoreError: the cache cannot be written.
    """
    if detected.elsewhere:
        raise _from_no_index(detected.elsewhere)
    pins = dict(detected.needed)
    for name in RUNTIME_PACKAGES:
        pins.setdefault(name, detected.installed.get(name) or version(name))
    python = detected.kernel.series
    request = {
        "format": 1,
        "python": python,
        "pins": pins,
        "installed": dict(detected.installed),
        "platform": _platform(),
    }
    key = identity.of_value("lock-request", request).removeprefix(identity.PREFIX)
    path = store_cache / "locks" / f"{key}.txt"
    with disk_problems(path):
        if path.is_file():
            return read_lock(path.read_text(encoding="utf-8"))
        path.parent.mkdir(parents=True, exist_ok=True)
    lock = read_lock(_header(python) + _resolve(detected, pins, settings))
    with disk_problems(path):
        write_new(path, lock.text.encode())
    return lock


def _from_no_index(elsewhere: Mapping[str, str]) -> EnvironmentFailure:
    places = ", ".join(f"{name} (from {url})" for name, url in elsewhere.items())
    return EnvironmentFailure(
        f"the notebook needs packages that no package index has: {places}",
        fix="install a released version, put the modules beside the notebook, or run with "
        "--engine local",
    )


def _platform() -> str:
    """The platform of a container on this machine, as uv names it."""
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(
        platform.machine().lower(), platform.machine()
    )
    return f"{machine}-unknown-linux-gnu"


def _header(python: str) -> str:
    return f"# Python {python}\n# What the notebook imports, in the versions of its kernel.\n"


def _resolve(detected: Detected, pins: Mapping[str, str], settings: Mlops) -> str:
    """The lock's text: with all the kernel's versions, else those of the notebook's packages."""
    exact = [f"{name}=={version}" for name, version in pins.items()]
    answer = _compile(exact, detected.installed, detected, settings)
    if answer.returncode == _UNSATISFIABLE:
        loose = [f"{name}=={version}" for name, version in detected.needed.items()]
        loose += [name for name in RUNTIME_PACKAGES if name not in detected.needed]
        answer = _compile(loose, detected.closure, detected, settings)
    if answer.returncode != 0:
        raise EnvironmentFailure(
            "the notebook's packages cannot be locked:\n" + _shortened(answer.stderr),
            fix=_FIX_VERSIONS if answer.returncode == _UNSATISFIABLE else _FIX_INDEX,
        )
    return answer.stdout


def _compile(
    requirements: list[str], constraints: Mapping[str, str], detected: Detected, settings: Mlops
) -> subprocess.CompletedProcess[str]:
    import uv

    sources = package_sources(settings)
    with tempfile.TemporaryDirectory(prefix="jupyter-mlops-lock-") as folder:
        limits = Path(folder, "constraints.txt")
        limits.write_text("".join(f"{name}=={pin}\n" for name, pin in constraints.items()))
        wanted = Path(folder, "requirements.in")
        wanted.write_text("".join(f"{line}\n" for line in requirements))
        options = ["--quiet", "--no-progress", "--color=never", "--no-header", "--no-annotate"]
        if not sys.platform.startswith("linux"):
            options += ["--python-platform", _platform()]
        return subprocess.run(
            [
                *(uv.find_uv_bin(), "pip", "compile", *options),
                *("--generate-hashes", "--python-version", detected.kernel.series),
                *("--python", detected.kernel.python, *sources.uv_options()),
                *("--constraints", str(limits), str(wanted)),
            ],
            cwd=folder,
            env={**os.environ, **sources.uv_environment()},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )


def _shortened(message: str, *, lines: int = 12) -> str:
    """The resolver's message without its decoration, at most ``lines`` long."""
    text = [line.strip(" ×╰─▶│├") for line in message.splitlines()]
    kept = [f"  {line}" for line in text if line]
    return "\n".join(kept if len(kept) <= lines else [*kept[: lines - 1], "  …"])
