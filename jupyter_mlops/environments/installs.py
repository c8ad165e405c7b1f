"""What the notebook installs itself: its ``%pip install`` and ``!pip install`` lines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.environments.inventory import normalise
from jupyter_mlops.model.pipeline import Cell

# An indented line stands under a condition, such as `if IN_COLAB:`.
_LINE = re.compile(
    r"^(?:[%!]\s*)(?:uv\s+)?(?:(?:python[\d.]*|\{sys\.executable\}|\S*/python[\d.]*)\s+-m\s+)?"
    r"pip[\d.]*\s+install\s+(.*)$"
)
_SHELL_LINE = re.compile(r"^(?:uv\s+)?(?:python[\d.]*\s+-m\s+)?pip[\d.]*\s+install\s+(.*)$")
_SHELL_CELL = re.compile(r"^%%(?:bash|sh|script\s+(?:ba)?sh)\b")
_ENDS = re.compile(r"\s(?:#|&&|\|\|?|;|[12&]?>).*$")
_FILES = frozenset({"-r", "--requirement"})
_WITH_VALUE = frozenset([
    "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-f",
    "--find-links", "-t", "--target", "--prefix", "--root", "--platform", "--python-version",
    "--implementation", "--abi", "--upgrade-strategy", "--proxy", "--retries", "--timeout",
    "--trusted-host", "--cert", "--cache-dir", "--log", "--progress-bar", "--src", "-p",
    "--python", "--no-binary", "--only-binary", "--config-settings",
])  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """One thing that a cell installs.

    Attributes:
        cell: 1-based position of the cell in the notebook.
        name: distribution, normalised; empty for a requirements file.
        text: the requirement, or the path of a requirements file.
    """

    cell: int
    name: str
    text: str


def installs_of(cells: Iterable[Cell], folder: Path) -> tuple[Install, ...]:
    """What the cells install in any case, in their order.

    Left out: lines under a condition, what a variable names, and what comes from a folder or a
    repository (the kernel's metadata tells of those that are imported).

    Args:
        cells: of the pipeline.
        folder: the notebook's, where relative paths begin.
    """
    return tuple(
        install
        for cell in cells
        for arguments in _arguments(cell.source)
        for install in _parsed(arguments, cell.position, folder)
    )


def _arguments(source: str) -> Iterator[list[str]]:
    text = source.strip().replace("\\\n", " ")
    pattern = _SHELL_LINE if _SHELL_CELL.match(text) else _LINE
    for line in text.splitlines():
        if found := pattern.match(line):
            try:
                yield shlex.split(_ENDS.sub("", f" {found.group(1)}"))
            except ValueError:  # quotes that do not match: the cell itself will fail
                continue


def _parsed(arguments: list[str], cell: int, folder: Path) -> Iterator[Install]:
    from packaging.requirements import InvalidRequirement, Requirement

    words = iter(arguments)
    for word in words:
        option, _, value = word.partition("=")
        if option in _FILES or word in _WITH_VALUE:
            value = value or next(words, "")
            if option in _FILES and value:
                yield Install(cell=cell, name="", text=str(folder / value))
            continue
        if word.startswith("-"):
            continue
        try:
            wanted = Requirement(word)
        except InvalidRequirement:
            continue
        yield Install(cell=cell, name=normalise(wanted.name), text=str(wanted))
