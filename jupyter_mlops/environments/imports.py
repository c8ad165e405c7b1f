"""Which modules code needs: those that it imports in any case, and those that it may do without."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.environments.optional import optional_modules


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Top-level module names.

    Attributes:
        certain: imported whenever the code runs.
        possible: imported under a condition, in a function or in a ``try``.
    """

    certain: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()

    @property
    def every(self) -> frozenset[str]:
        """Certain and possible ones."""
        return self.certain | self.possible

    def without(self, names: Iterable[str]) -> Imports:
        """These imports but for ``names``."""
        left_out = frozenset(names)
        return Imports(certain=self.certain - left_out, possible=self.possible - left_out)

    def __or__(self, other: Imports) -> Imports:
        certain = self.certain | other.certain
        return Imports(certain=certain, possible=(self.possible | other.possible) - certain)


def imports_of(tree: ast.Module) -> Imports:
    """The modules that the code of ``tree`` imports; relative imports are left out."""
    certain = frozenset(name for node in tree.body for name in _imported(node))
    every = frozenset(name for node in ast.walk(tree) for name in _imported(node))
    return Imports(certain=certain, possible=every - certain)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0]


_NO_WRITER = ("#", "%install_ext")


def is_written(module: str, sources: Iterable[str]) -> bool:
    """True if code names the module's file: the notebook writes it itself.

    Comments count as nothing, nor does ``%install_ext``, which installed what is a package today.
    """
    file = f"{module}.py"
    return any(
        file in line and not line.lstrip().startswith(_NO_WRITER)
        for source in sources
        for line in source.splitlines()
    )


def follow_local(imports: Imports, folders: Iterable[Path]) -> tuple[Imports, frozenset[str]]:
    """What ``imports`` comes to once the modules that lie in ``folders`` are read.

    Args:
        imports: what the notebook imports.
        folders: folders that stand on ``sys.path`` before the installed packages.

    Returns:
        What must be installed: the imports without the local modules, with what those import; and
        the names of the local modules.
    """
    searched = tuple(folders)
    local: set[str] = set()
    while found := {
        name: files for name in imports.every - local if (files := _files(name, searched))
    }:
        local |= found.keys()
        for name, files in found.items():
            inner = _read(files)
            imports |= inner if name in imports.certain else Imports(possible=inner.every)
    return imports.without(local), frozenset(local)


def _files(name: str, folders: Iterable[Path]) -> list[Path]:
    """The Python files of the module ``name`` in the first of ``folders`` that has it."""
    for folder in folders:
        if (folder / f"{name}.py").is_file():
            return [folder / f"{name}.py"]
        if files := sorted((folder / name).rglob("*.py")):
            return files
    return []


def _read(files: Iterable[Path]) -> Imports:
    imports = Imports()
    for file in files:
        try:
            tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue  # the step that imports it will name the file
        found = imports_of(tree)
        imports |= found | Imports(possible=optional_modules([tree], (), found.every))
    return imports
