"""The file in which a user says what a notebook runs in: which one, and of what kind."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jupyter_mlops.environments.entry import logical_lines
from jupyter_mlops.errors import EnvironmentFailure

Kind = Literal[
    "uv.lock", "pylock", "hashed", "conda-lock", "environment.yml", "pyproject", "requirements"
]
IMPORTS = "imports"
"""What the user writes instead of a file: what the notebook imports."""

Place = Literal["kernel", "locked"]
"""What the user may write besides, for the local engine: the notebook's kernel as it stands, or an
environment of the locked packages in any case."""

PLACES: tuple[Place, ...] = ("kernel", "locked")

_LOCKS: tuple[Kind, ...] = ("uv.lock", "pylock", "hashed", "conda-lock", "environment.yml")
_NAMES: Mapping[str, Kind] = {
    "uv.lock": "uv.lock",
    "pylock.toml": "pylock",
    "pyproject.toml": "pyproject",
    "requirements.txt": "requirements",
    "conda-lock.yml": "conda-lock",
    "environment.yml": "environment.yml",
    "environment.yaml": "environment.yml",
}
_FIX_CHOOSE = (
    "choose one with --environment FILE or in the notebook's metadata "
    '(`"jupyter_mlops": {"environment": "requirements.txt"}`); `imports` takes what the notebook '
    "imports"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A file that says what a notebook runs in.

    Attributes:
        path: absolute.
        kind: what it is.
        folder: the notebook's folder, absolute.
        shown: its path as people see it, from the notebook's folder.
    """

    path: Path
    kind: Kind
    folder: Path
    shown: str

    @property
    def pinned(self) -> bool:
        """True if it names every package with version and hashes."""
        return self.kind in ("uv.lock", "pylock", "hashed")

    @property
    def title(self) -> str:
        """The file and what it is, as a record says it."""
        return f"{self.shown} (hashed)" if self.kind == "hashed" else self.shown


def find_declaration(folder: Path, chosen: str | None = None) -> Declaration | None:
    """The file that holds for a notebook, or None if its imports do.

    Locks come before requirements, and of each the nearest to the notebook: in its folder and those
    above, up to its repository's (with no repository, up to the next ``pyproject.toml``).

    Args:
        folder: the notebook's folder, absolute.
        chosen: a path (from the notebook's folder) or ``imports``; None looks for a file.

    Raises:
        EnvironmentFailure: the chosen file does not exist or is of no known kind, or a file
            cannot be read.
    """
    if chosen == IMPORTS:
        return None
    if chosen is not None:
        return _chosen(folder, chosen)
    found = list(_candidates(folder))
    return next(
        (
            declaration
            for kinds in (_LOCKS, ("pyproject", "requirements"))
            for declaration in found
            if declaration.kind in kinds
        ),
        None,
    )


def _chosen(folder: Path, chosen: str) -> Declaration:
    path = folder / Path(chosen).expanduser()
    if not path.is_file():
        raise EnvironmentFailure(f"the environment {chosen} is not there: {path}", fix=_FIX_CHOOSE)
    kind = _kind(path)
    if kind is None:
        raise EnvironmentFailure(
            f"{path} is no environment: it is none of "
            + ", ".join(sorted({*_NAMES, "*.txt", "*.lock (hashed)", "pylock.*.toml"})),
            fix=_FIX_CHOOSE,
        )
    shown = os.path.relpath(path, folder)
    return Declaration(path=path.resolve(), kind=kind, folder=folder, shown=shown)


def _candidates(folder: Path) -> Iterator[Declaration]:
    for up, place in enumerate(_folders(folder)):
        for name in _NAMES:
            path = place / name
            if path.is_file() and (kind := _kind(path)) is not None:
                yield Declaration(path=path, kind=kind, folder=folder, shown="../" * up + name)


def _folders(folder: Path) -> list[Path]:
    """The folder and those above it, up to the top of its project."""
    chain = [folder, *folder.parents]
    for marks in ((".git",), ("pyproject.toml", "uv.lock")):
        for height, place in enumerate(chain):
            if any((place / mark).exists() for mark in marks):
                return chain[: height + 1]
    return [folder]


def _kind(path: Path) -> Kind | None:
    """What the file is; None if it says nothing about packages."""
    kind = _NAMES.get(path.name)
    if kind == "pyproject":
        return kind if "dependencies" in read_toml(path).get("project", {}) else None
    if kind == "requirements" or (path.suffix in (".txt", ".lock", ".in") and kind is None):
        return "hashed" if _is_hashed(read_text(path)) else "requirements"
    if kind is None and path.name.startswith("pylock.") and path.suffix == ".toml":
        return "pylock"
    if kind is None and path.suffix in (".yml", ".yaml"):
        return "conda-lock" if "conda-lock" in path.name else "environment.yml"
    return kind


def _is_hashed(text: str) -> bool:
    return any("--hash" in line for _, line in logical_lines(text))


def read_text(path: Path) -> str:
    """The file as text.

    Raises:
        EnvironmentFailure: it cannot be read or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EnvironmentFailure(
            f"{path} cannot be read: {error.strerror}", fix="make it readable, or choose another"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise EnvironmentFailure(
            f"{path}, line {line}: it is not UTF-8", fix="save the file as UTF-8"
        ) from None


def read_toml(path: Path) -> dict[str, Any]:
    """The file's table.

    Raises:
        EnvironmentFailure: it cannot be read or is no TOML; names the line.
    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise EnvironmentFailure(
            f"{path} is no TOML: {error}",
            fix="correct that place, or make the file anew with the tool that wrote it",
        ) from None


def files_of(path: Path) -> tuple[Path, ...]:
    """A requirements file and those that it names with ``-r`` and ``-c``, in turn.

    Raises:
        EnvironmentFailure: one of them cannot be read.
    """
    seen: dict[Path, None] = {}
    todo = [path]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen[here] = None
        todo += [(here.parent / name).resolve() for name in _included(read_text(here))]
    return tuple(seen)


def projects_of(declaration: Declaration) -> list[Path]:
    """The ``pyproject.toml`` files from the notebook's folder up to the one beside the lock."""
    top = declaration.path.parent
    places = [declaration.folder, *declaration.folder.parents]
    below = [place / "pyproject.toml" for place in places if place.is_relative_to(top)]
    return [path for path in below or [top / "pyproject.toml"] if path.is_file()]


def _included(text: str) -> Iterable[str]:
    found = (included_file(line) for _, line in logical_lines(text))
    return (more[1] for more in found if more is not None)


def included_file(line: str) -> tuple[Literal["-r", "-c"], str] | None:
    """The file that a line of a requirements file names, and whether it holds constraints."""
    options: tuple[tuple[Literal["-r", "-c"], str], ...]
    options = (("-r", "-r"), ("-r", "--requirement"), ("-c", "-c"), ("-c", "--constraint"))
    for short, option in options:
        if line.startswith((f"{option} ", f"{option}=")):
            return short, line[len(option) + 1 :].strip()
    return None
