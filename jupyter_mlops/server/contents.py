"""Paths of the contents service, and the files that they name: never one outside its root."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jupyter_mlops.server.refusals import NoSuchFile, OutsideContents


class Contents:
    """The folder that the server shows.

    Args:
        root: the contents root.
        shows_hidden: True if names that begin with a dot are shown, too.

    Attributes:
        root: without symbolic links.
    """

    def __init__(self, root: Path, *, shows_hidden: bool = False) -> None:
        self.root = root.resolve()
        self._shows_hidden = shows_hidden

    def locate(self, path: str, *, below: Path | None = None) -> Path:
        """The absolute path of what a contents path names, without symbolic links.

        Args:
            path: relative, with ``/``.
            below: what it is relative to; the root if it is not given.

        Raises:
            OutsideContents: it leads out of the root, or to what is hidden.
        """
        parts = path.split("/")
        if not path or "\0" in path or path.startswith("/") or ".." in parts or "~" in parts:
            raise OutsideContents(
                f"{path!r} is not a path below the contents root",
                fix="give a path relative to the folder that JupyterLab shows",
            )
        try:
            path.encode()
            real = ((below or self.root) / path).resolve()
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                real.stat()
        except (OSError, RuntimeError, ValueError) as error:
            raise OutsideContents(f"{path!r} is not a path: {error}") from None
        if not real.is_relative_to(self.root):
            raise OutsideContents(
                f"{path!r} leads out of the contents root",
                fix="open a folder that holds both in JupyterLab",
            )
        if not self._shows_hidden and any(
            part.startswith(".") for part in real.relative_to(self.root).parts
        ):
            raise OutsideContents(
                f"{path!r} is hidden",
                fix="rename it, or set ContentsManager.allow_hidden",
            )
        return real

    def notebook(self, path: str) -> Path:
        """The absolute path of a file that exists.

        Raises:
            OutsideContents: the path leads out of the root, or to what is hidden.
            NoSuchFile: there is no such file.
        """
        real = self.locate(path)
        if not real.is_file():
            raise NoSuchFile(f"{path}: no such file", fix="save the notebook first")
        return real

    def path_of(self, file: str) -> str | None:
        """The contents path of an absolute path, or None if it lies outside the root."""
        path = Path(file)
        if not path.is_relative_to(self.root):
            return None
        return path.relative_to(self.root).as_posix()
