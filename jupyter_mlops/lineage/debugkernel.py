"""What the kernel of an opened step is in a container: image, mounts, limits, variables."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlops.engines.container import LABEL, PYTHON, hardened_options
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.pipeline import Resources, Secret

STATE = "/mlops/state"
SOCKETS = "/mlops/kernel"
OPENED = f"{LABEL}.opened"
"""On containers: the opened folder that they are of."""

CONTAINER = "container.json"
"""In the opened folder: a `ContainedKernel`."""

CONNECTION = "kernel.json"
"""In the folder of sockets."""

_FIRST = Path(__file__).with_name("firstprocess.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainedKernel:
    """A kernel that is started in a container. It is kept in the opened folder.

    Attributes:
        image: id of the image.
        folder: absolute path of the opened folder.
        work: where its working folder is mounted: at the path that the project root had.
        data: absolute path of each data folder, by where it is mounted.
        resources: limits of the step.
        environ: environment variables of the step.
        secrets: of the step; they are taken from the environment of whoever starts the kernel.
    """

    image: str
    folder: str
    work: str
    data: Mapping[str, str] = field(default_factory=dict)
    resources: Resources = Resources()
    environ: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()

    def options(self, sockets: Path) -> dict[str, Any]:
        """The arguments with which docker-py creates the container.

        It ends with whoever is attached to its standard input, and removes itself.

        Args:
            sockets: folder of this machine with the kernel's connection file.
        """
        from docker.types import Mount

        hardened = hardened_options(self.resources, has_secrets=bool(self.secrets))
        places = [
            (self.work, f"{self.folder}/work", False),
            (STATE, f"{self.folder}/state", False),
            (f"{STATE}/objects", f"{self.folder}/state/objects", True),
            (SOCKETS, str(sockets), False),
            *((target, source, True) for target, source in self.data.items()),
        ]
        kernel = (PYTHON, "-m", "ipykernel_launcher", "-f", f"{SOCKETS}/{CONNECTION}")
        return {
            **hardened,
            "image": self.image,
            "command": [PYTHON, "-I", "-c", _FIRST.read_text(encoding="utf-8"), *kernel],
            "environment": {**hardened["environment"], "PYTHONHASHSEED": "0", **self.environ},
            "labels": {OPENED: self.folder},
            "stdin_open": True,
            "auto_remove": True,
            "mounts": [
                Mount(target=target, source=source, type="bind", read_only=read_only)
                for target, source, read_only in places
            ],
        }

    def given(self, environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Secrets that the environment has, as the container's first process reads them."""
        there = [secret for secret in self.secrets if secret.variable in environ]
        files = {f"/run/secrets/{s.name}": s.variable for s in there if s.file}
        plain = {s.variable: environ[s.variable] for s in there if not s.file}
        return {
            "variables": plain | {variable: path for path, variable in files.items()},
            "files": {path: _read(environ[variable]) for path, variable in files.items()},
        }


def kernel_command(about: Path) -> list[str]:
    """What a kernelspec says to start it; ``about`` holds a `ContainedKernel`."""
    module = "jupyter_mlops.lineage.debugcontainer"
    return [sys.executable, "-P", "-m", module, str(about), "{connection_file}"]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise MlopsError(
            f"the file of a secret cannot be read: {error}",
            fix="name it in the variable that the step has for it, then start the kernel again",
        ) from error
