"""Runs in one portable file: what was put into it, and what was taken out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORMAT = 1
"""Of the manifest that this version writes, and the newest that it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Something that a run needs to be made again and that the file does not hold.

    Attributes:
        kind: ``file``, ``packages`` or ``image``.
        name: path of the file, digest of the lock, id of the image.
        why: one sentence.
        digest: of the bytes, where it is known.
    """

    kind: str
    name: str
    why: str
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a file holds: the key to its entries.

    Attributes:
        format: number of its form.
        program: version that wrote it.
        runs: digests of the records of the runs, those that were asked for first.
        asked: how many of them were asked for; the others made what these reuse.
        executions: digests of the records of the executions, in order of time.
        objects: bytes of every object, by digest; records included.
        wheels: of packages that no index has: digests of the files, which are objects, by name.
        images: that steps ran in, by id: digests of their layers, the lowest first. A layer is an
            object, and so is the configuration, whose digest is the id.
        absent: what is needed and not in it.
    """

    format: int
    program: str
    runs: tuple[str, ...]
    asked: int
    executions: tuple[str, ...]
    objects: Mapping[str, int]
    wheels: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What ``export`` wrote.

    Attributes:
        file: its path.
        digest: of its bytes; equal runs in equal stores give equal files.
        size: bytes.
        runs: names of the runs, those that were asked for first.
        objects: how many.
        absent: what is needed to make the runs again and not in it.
    """

    file: str
    digest: str
    size: int
    runs: tuple[str, ...]
    objects: int
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What ``import`` took in.

    Attributes:
        file: its path.
        digest: of its bytes.
        runs: names of the runs that are new here.
        known: names of those that were here already.
        objects: how many objects were new.
        images: ids of the images that were new to the Docker engine.
        absent: what is needed to make the runs again and did not come with the file.
    """

    file: str
    digest: str
    runs: tuple[str, ...]
    known: tuple[str, ...]
    objects: int
    images: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()
