"""Files that a command was asked to write."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.store.disk import temporary


def refuse_existing(path: Path) -> None:
    """Return if nothing stands at a path.

    Raises:
        MlopsError: something does.
    """
    if path.exists():
        raise MlopsError(f"{path} exists", fix="choose another file, or add --force")


def write_text(path: Path, text: str, *, force: bool) -> None:
    """Write a file, whole or not at all.

    Args:
        path: where; its folder exists.
        text: what; a character that UTF-8 lacks is written as an escape.
        force: True to overwrite what stands there.

    Raises:
        MlopsError: the file exists, or cannot be written.
    """
    if not force:
        refuse_existing(path)
    part = temporary(path.absolute().parent)
    try:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        part.replace(path)
    except OSError as error:
        raise MlopsError(
            f"{path} cannot be written: {error.strerror}", fix="give another file"
        ) from error
    finally:
        part.unlink(missing_ok=True)
