"""Tar archives as streams, never a second time on disk: build contexts, images."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20


def context(files: Mapping[str, bytes | Path]) -> Iterator[bytes]:
    """The build context of a Dockerfile: ``files`` (path in it → content, or the file that has it).

    Its bytes depend on nothing but paths and contents.
    """
    for name, content in sorted(files.items()):
        if isinstance(content, bytes):
            yield from tar_entry(name, len(content), [content])
        else:
            with content.open("rb") as file:
                yield from tar_entry(name, content.stat().st_size, chunks_of(file))
    yield from tar_end()


def tar_entry(name: str, size: int, content: Iterable[bytes]) -> Iterator[bytes]:
    """An archive's entry of a file with so many bytes."""
    entry = tarfile.TarInfo(name)
    entry.mode = 0o644
    entry.size = size
    yield entry.tobuf(tarfile.GNU_FORMAT)
    yield from content
    yield bytes(-size % tarfile.BLOCKSIZE)


def tar_end() -> Iterator[bytes]:
    """The end of an archive."""
    yield bytes(2 * tarfile.BLOCKSIZE)


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """The bytes from here to the file's end."""
    while chunk := file.read(_CHUNK):
        yield chunk
