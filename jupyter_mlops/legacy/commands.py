"""Shell lines of cells: what they say when they fail, and which one should have made what lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from jupyter_mlops.environments.imports import is_written
from jupyter_mlops.legacy.draft import Draft

_LINE = re.compile(r"^[ \t]*(?:[\w, \t]+=[ \t]*)?(?:!|%(?:sx|system)\b)[ \t]*(\S.*)$", re.M)
BUILDERS = frozenset(
    {"cc", "clang", "cython", "cythonize", "f2py", "f2py3", "g++", "gcc", "gfortran", "swig"}
)
"""Programs that make modules."""
MAKERS = BUILDERS | {"cmake", "cp", "curl", "git", "gunzip", "make", "mv", "tar", "unzip", "wget"}
"""Programs that make or fetch what they name."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_NETWORK = re.compile(
    r"^.*(?:Could not resolve (?:host|proxy)|unable to resolve host|unable to access 'https?:|"
    r"Temporary failure in name resolution|Failed to connect to \S+ port|Network is unreachable|"
    r"Connecting to \S+ failed|Connecting to .*Connection refused).*$",
    re.M,
)
_PROGRAMS = (
    re.compile(
        r"^.*sh: (?:line )?(?:\d+: )?(?P<program>[\w.+-]+): (?:command )?not found.*$", re.M
    ),
    re.compile(r"^.*no (?P<program>Fortran compiler) found.*$", re.M),
    re.compile(r"^.*error: command '(?P<program>[\w.+-]+)' failed: No such file.*$", re.M),
    re.compile(r"^.*Unknown compiler\(s\): \[\['(?P<program>[\w.+-]+)'.*$", re.M),
    re.compile(r"^make: (?P<program>[\w.+-]+): No such file or directory.*$", re.M),
)
_ERROR = re.compile(r"^.*\b(?:fatal|error|Error|ERROR): .*$", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a command said when it failed.

    Attributes:
        kind: ``network``, ``program`` that is not installed, or another ``error``.
        said: its line.
        program: the one that is not installed, or empty.
    """

    kind: Literal["network", "program", "error"]
    said: str
    program: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A shell line of a cell.

    Attributes:
        cell: position of the cell.
        line: without its ``!``.
        trouble: of its cell; None if its output tells of none.
    """

    cell: int
    line: str
    trouble: Trouble | None


def trouble_in(outputs: Sequence[Mapping[str, Any]]) -> Trouble | None:
    """What of a cell's printed text tells that a command failed."""
    # A notebook's file holds a text as its lines.
    printed = ("".join(o.get("text", "")) for o in outputs if o.get("output_type") == "stream")
    text = _COLOUR.sub("", "".join(printed)).replace("\r\n", "\n")
    if found := _NETWORK.search(text):
        return Trouble(kind="network", said=found[0].strip())
    for pattern in _PROGRAMS:
        if found := pattern.search(text):
            return Trouble(kind="program", said=found[0].strip(), program=found["program"])
    errors = _ERROR.findall(text)
    return Trouble(kind="error", said=errors[-1].strip()) if errors else None


def maker_of(
    name: str,
    draft: Draft,
    outputs: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    programs: Set[str],
    above: str | None = None,
) -> Command | None:
    """The last command that names a module or a file, of programs that make such; None if none.

    Args:
        name: as code writes it.
        draft: the notebook.
        outputs: of its cells, by id.
        programs: names of the programs that count.
        above: id of the cell that misses it, below which none counts; None to look everywhere.
    """
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    found = None
    for cell in draft.code:
        if cell.id == above:
            break
        for line in map(str.strip, _LINE.findall(cell.source)):
            if word.search(line) and _program(line) in programs:
                trouble = trouble_in(outputs.get(cell.id, ()))
                found = Command(cell=cell.position, line=line, trouble=trouble)
    return found


def is_made(module: str, draft: Draft) -> bool:
    """True if the notebook makes the module itself, so that no package is meant."""
    if is_written(module, (cell.source for cell in draft.code)):
        return True
    return maker_of(module, draft, {}, programs=BUILDERS) is not None


def _program(line: str) -> str:
    words = line.split()
    if words[0].startswith("python") and words[1:2] == ["-m"] and len(words) > 2:
        return words[2].rpartition(".")[2]
    return words[0].rpartition("/")[2]
