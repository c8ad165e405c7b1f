"""What a lock is made for: a Python version on the platform of the image, not of this machine."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.tags import Tag

_GLIBC = 28  # of manylinux_2_28, which is what uv takes a Linux platform without a version for


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The interpreter that the locked packages are for.

    Attributes:
        python: full version of the kernel's interpreter, such as ``3.11.7``.
        machine: processor, as Linux names it.
    """

    python: str
    machine: str

    @property
    def series(self) -> str:
        """The version without its last part, such as ``3.11``."""
        return ".".join(self.python.split(".")[:2])

    @property
    def platform(self) -> str:
        """The platform as uv names it."""
        return f"{self.machine}-unknown-linux-gnu"

    def markers(self) -> Mapping[str, str]:
        """The variables of environment markers (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "implementation_version": self.python,
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.python,
            "python_version": self.series,
            "sys_platform": "linux",
            "extra": "",
        }

    def tags(self) -> list[Tag]:
        """The wheels that fit, best first."""
        from packaging.tags import compatible_tags, cpython_tags

        major, minor = (int(part) for part in self.series.split("."))
        platforms = [f"manylinux_2_{glibc}_{self.machine}" for glibc in range(_GLIBC, 4, -1)]
        older = ("manylinux2014", "manylinux2010", "manylinux1", "linux")
        platforms += [f"{alias}_{self.machine}" for alias in older]
        return [
            *cpython_tags((major, minor), platforms=platforms),
            *compatible_tags((major, minor), f"cp{major}{minor}", platforms),
        ]


def target_for(python: str) -> Target:
    """Containers on this machine with the Python version ``python``."""
    machine = platform.machine()
    names = {"arm64": "aarch64", "amd64": "x86_64"}
    return Target(python=python, machine=names.get(machine.lower(), machine))
