"""A folder that appears with all that it is to hold, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.store.disk import sync_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a folder is made.

    Attributes:
        folder: what it will be called; absolute.
        fresh: where it is filled.
        kept: where what stands in its place will be, or None.
    """

    folder: Path
    fresh: Path
    kept: Path | None


@contextmanager
def whole_folder(folder: Path, *, force: bool) -> Iterator[Place]:
    """A new folder to fill, which gets its name when the block ends without an error.

    Args:
        folder: does not exist or is empty.
        force: True to move a folder that is not empty out of the way, never to remove it.

    Raises:
        MlopsError: it is not empty, or cannot be written.
    """
    folder = folder.absolute()
    kept = _other_name(folder) if _is_taken(folder) else None
    if kept is not None and not force:
        raise MlopsError(
            f"{folder} is not empty",
            fix="give a folder that does not exist, or --force to have it moved out of the way",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            yield Place(folder=folder, fresh=fresh, kept=kept)
            fresh.chmod(0o755)
            if kept is not None:
                folder.rename(kept)
            fresh.rename(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise MlopsError(
            f"{folder} cannot be written: {error.strerror or error}",
            fix="give another folder with -o",
        ) from error


def _is_taken(folder: Path) -> bool:
    if not folder.is_dir():
        return folder.exists() or folder.is_symlink()
    return any(folder.iterdir())


def _other_name(folder: Path) -> Path:
    """A name beside it that nobody has."""
    number = 1
    while (place := folder.with_name(f"{folder.name}.before-{number}")).exists():
        number += 1
    return place
