"""The build context of a Dockerfile as a stream, never a second time on disk."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

_CHUNK = 1 << 20


def context(files: Mapping[str, bytes | Path]) -> Iterator[bytes]:
    """A tar archive of ``files`` (path in the context → content, or the file that has it).

    Its bytes depend on nothing but paths and contents.
    """
    for name, content in sorted(files.items()):
        entry = tarfile.TarInfo(name)
        entry.mode = 0o644
        entry.size = len(content) if isinstance(content, bytes) else content.stat().st_size
        yield entry.tobuf(tarfile.GNU_FORMAT)
        if isinstance(content, bytes):
            yield content
        else:
            with content.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        yield bytes(-entry.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)
