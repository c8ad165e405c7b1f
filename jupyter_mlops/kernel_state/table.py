"""The table of the state folder: which version of each variable a step received or left."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.culprits import Culprit
from jupyter_mlops.kernel_state.errors import KernelStateError

SHARED = "@shared:"
"""Begins the name of the object that shared cells bound to a name, whatever it is bound to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Variables stored as one object; the fields are those of the step record's groups."""

    names: tuple[str, ...]
    digest: str
    size: int
    requires: tuple[str, ...] = ()
    step: str = ""

    @property
    def is_ambient(self) -> bool:
        """True for an ambient facet such as ``@random``."""
        return self.names[0].startswith("@") and not self.names[0].startswith(SHARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Variables that cannot cross to another step; the fields are those of the step record's."""

    names: tuple[str, ...]
    path: str
    reason: str
    code: str = ""
    fix: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All versions that exist at one point of the pipeline.

    Attributes:
        groups: what can be loaded; no name stands in two groups.
        refused: what an earlier step left and no step can load.
    """

    groups: tuple[Group, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def group_of(self, name: str) -> Group | None:
        """The group that holds the variable, or None."""
        return next((group for group in self.groups if name in group.names), None)

    def refusal_of(self, name: str) -> Refusal | None:
        """Why the variable cannot be loaded, or None."""
        return next((refusal for refusal in self.refused if name in refusal.names), None)


def refuse(name: str, culprit: Culprit, code: str, step: str) -> Refusal:
    """The refusal of what a step left under a name, with the fix that goes with the code."""
    return Refusal(
        names=(name,),
        path=culprit.path,
        reason=culprit.reason.text,
        code=code,
        fix=codes.fix_for(code, culprit.path),
        step=step,
    )


def read_table(folder: Path) -> Table:
    """The table of a state folder; empty if no step has written one yet.

    Raises:
        KernelStateError: if the file is not a table.
    """
    path = folder / "table.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Table()
    try:
        value = json.loads(text)
        return Table(
            groups=tuple(_group(item) for item in value["groups"]),
            refused=tuple(_refusal(item) for item in value["refused"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise KernelStateError(
            codes.NO_TABLE,
            f"{path} is not a table of variables: {error}",
            fix="empty the state folder and run the steps again",
        ) from error


def write_table(folder: Path, table: Table) -> None:
    """Replaces the table of a state folder, at once or not at all."""
    write_json(
        folder / "table.json",
        {
            "groups": [asdict(group) for group in table.groups],
            "refused": [asdict(refusal) for refusal in table.refused],
        },
    )


def write_json(path: Path, value: Any) -> None:
    """Replaces a JSON file, at once or not at all; the bytes are on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, indent=1, sort_keys=True, allow_nan=False)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Puts the folder's entries on disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _group(item: Mapping[str, Any]) -> Group:
    return Group(
        names=tuple(item["names"]),
        digest=item["digest"],
        size=item["size"],
        requires=tuple(item.get("requires", ())),
        step=item.get("step", ""),
    )


def _refusal(item: Mapping[str, Any]) -> Refusal:
    return Refusal(
        names=tuple(item["names"]),
        path=item["path"],
        reason=item["reason"],
        code=item["code"],
        fix=item["fix"],
        step=item.get("step", ""),
    )
