"""What a step's kernel may read and must not write, as the step command tells it."""

# Runs inside an audit hook, for which path objects are too slow.
# ruff: noqa: PTH100, PTH118, PTH119, PTH120

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.errors import KernelStateError

VARIABLE = "JUPYTER_MLOPS_CONTAINMENT"

CHANGES = frozenset(
    {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
    | {"os.symlink", "os.truncate", "os.utime", "shutil.rmtree"}
)
"""Audit events whose paths are changed."""


class UndeclaredRead(KernelStateError, PermissionError):
    """A hermetic step reads ``path``, which is neither the project's nor declared."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            codes.UNDECLARED_READ,
            f"a hermetic step reads {path}, which is neither in the project nor in a data folder",
            fix="put the folder into the step's `data` setting, or the file beside the notebook",
        )


class ReadOnlyFolder(OSError):
    """A step changes something in a data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """What the step command said.

    Attributes:
        data: folder that may only be read, as the step sees it → its name in a ``FileRef``.
        real: real paths of these folders.
        hermetic: True to refuse reads of what is not declared.
        declared: folders besides data that a hermetic step may read.
        secrets: environment variable → True if it names a file that holds the secret.
    """

    data: Mapping[str, str] = field(default_factory=dict)
    real: tuple[str, ...] = ()
    hermetic: bool = False
    declared: tuple[str, ...] = ()
    secrets: Mapping[str, bool] = field(default_factory=dict)

    def data_name(self, path: str) -> str | None:
        """The name that a ``FileRef`` has for an absolute path in a data folder; None elsewhere."""
        for folder, name in self.data.items():
            if path == folder:
                return name
            if path.startswith(f"{folder}{os.sep}"):
                return f"{name}/{path[len(folder) + 1 :]}"
        return None

    def refuse_change(self, path: Any) -> None:
        """Pass if the path is not in a data folder.

        Raises:
            ReadOnlyFolder: with ``EROFS``, as from a folder that is mounted read-only.
        """
        if self.data and isinstance(path, (str, bytes, os.PathLike)):
            name = os.path.abspath(os.fsdecode(path))
            place = os.path.join(os.path.realpath(os.path.dirname(name)), os.path.basename(name))
            for candidate in (name, place, os.path.realpath(name)):
                if self.data_name(candidate) is not None or _is_below(candidate, self.real):
                    raise ReadOnlyFolder(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))

    def is_undeclared(self, path: str) -> bool:
        """True if a hermetic step may not read an absolute path outside its working folder."""
        return self.hermetic and self.data_name(path) is None and not _is_below(path, self.declared)

    def secret_values(self) -> dict[str, str]:
        """The secrets that the process was given, by name."""
        found = {}
        for variable, is_file in self.secrets.items():
            value = os.environ.get(variable, "")
            if not is_file:
                found[variable] = value
            elif value:
                with open(value, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
                    found[variable.removesuffix("_FILE")] = file.read()
        return found


def read_containment() -> Containment:
    """What the environment of this process says; nothing is contained if it says nothing."""
    text = os.environ.get(VARIABLE)
    if not text:
        return Containment()
    told = json.loads(text)
    return Containment(
        data=told["data"],
        real=tuple(os.path.realpath(folder) for folder in told["data"]),
        hermetic=told["hermetic"],
        declared=(*told["declared"], *(os.path.abspath(entry) for entry in sys.path if entry)),
        secrets=told["secrets"],
    )


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}{os.sep}") for folder in folders)
