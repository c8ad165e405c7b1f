"""Immutable bytes with a digest, as executions take and leave them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

SHARED = "@shared:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Variables that share mutable objects, stored as one artifact so that identity survives.

    Attributes:
        names: the variables, sorted. A name that starts with ``@`` is an ambient facet
            (``@random``, ``@cwd`` …) and stands alone in its group; ``@shared:NAME`` is the object
            that shared cells bound to NAME, as steps changed it.
        digest: of the stored bytes.
        size: bytes.
        requires: global names that functions in the group read when they are called, and shared
            objects that it refers to.
        step: the step whose execution produced this version.
    """

    names: tuple[str, ...]
    digest: str
    size: int
    requires: tuple[str, ...] = ()
    step: str = ""

    @property
    def label(self) -> str:
        """The names, for people."""
        plain = [name for name in self.names if not name.startswith(SHARED)]
        return ", ".join(plain or self.names)


def is_facet(name: str) -> bool:
    """True for the name of an ambient facet, such as ``@random``."""
    return name.startswith("@") and not name.startswith(SHARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedColumn:
    """A column of a table that was a variable.

    Attributes:
        name: its name.
        type: of its values.
        digest: equal for equal values; empty if the table is large or the values have none.
    """

    name: str
    type: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a variable was when it was stored, in short.

    Attributes:
        type: its class, such as ``DataFrame`` or ``int``.
        text: how it reads, if that is short; else empty.
        shape: of an array or table (rows, columns); the length of a text or container.
        dtype: of the values of an array or a series.
        columns: the first of a table.
    """

    type: str
    text: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = ""
    columns: tuple[DescribedColumn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Variables that cannot cross to another step.

    Attributes:
        names: the variables.
        path: access path to what cannot be carried, such as ``model.log``.
        reason: what stands there, such as ``an open file``.
        code: of the kind of problem, such as ``ML602``; ``docs/diagnostics`` explains it.
        fix: what to do about it.
        step: the step that left them.
    """

    names: tuple[str, ...]
    path: str
    reason: str
    code: str = ""
    fix: str = ""
    step: str = ""


FileKind = Literal["file", "executable", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file in the working folder.

    Attributes:
        path: relative to the project root, with ``/``; absolute if it lies outside; a path that
            ends with ``/`` is the listing of a folder.
        digest: of its bytes (of its sorted names, for a listing; of the path that it holds, for a
            link); None if the file was deleted.
        size: bytes.
        kind: of what stands there: a file that may be run is ``executable``.
    """

    path: str
    digest: str | None
    size: int = 0
    kind: FileKind = "file"

    @property
    def version(self) -> str | None:
        """One text for equal content of one kind, which for plain files is the digest."""
        if self.digest is None or self.kind == "file":
            return self.digest
        return f"{self.kind} {self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What tells, without reading it, that a file still has the bytes of a digest.

    Attributes:
        path: absolute, or as in a ``FileRef``.
        size: bytes.
        modified, changed: when its bytes, and its inode, last changed; nanoseconds.
        inode: its number.
        digest: of the bytes; empty if nobody knows it.
    """

    path: str
    size: int
    modified: int
    changed: int
    inode: int
    digest: str = ""

    @classmethod
    def of(cls, path: str, state: os.stat_result, digest: str = "") -> FileStamp:
        """The stamp of a file in that state."""
        return cls(
            path=path,
            size=state.st_size,
            modified=state.st_mtime_ns,
            changed=state.st_ctime_ns,
            inode=state.st_ino,
            digest=digest,
        )


def is_data(item: Group | FileRef) -> bool:
    """True for a variable or a file; not for listings, deleted files and what a kernel keeps."""
    if isinstance(item, FileRef):
        return item.digest is not None and not item.path.endswith("/")
    return not all(is_facet(name) for name in item.names)
