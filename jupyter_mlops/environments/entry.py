"""Requirement files as lines of entries: what is pinned, to what, with which hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.environments.inventory import normalise
from jupyter_mlops.environments.target import Target
from jupyter_mlops.errors import EnvironmentFailure

_HASH = re.compile(r"\s--hash[= ](\S+)")
_COMMENT = re.compile(r"(^|\s)#.*$")
_EDITABLE = re.compile(r"^(?:-e|--editable)[=\s]\s*")
_LOCAL = re.compile(r"(?:\.{0,2}/|file:).*|\.{1,2}|[\w.-]+/.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One requirement of a requirements file.

    Attributes:
        line: 1-based line where it begins.
        name: normalised; empty for a folder or file of this machine, which names itself.
        specifier: what follows the name, such as ``==1.2``; empty if there is none.
        version: the one version that it allows, or None.
        url: where it is to be fetched from, or the folder or file that it is; None for an index.
        hashes: ``sha256:…``.
        marker: the condition under which it holds, or "".
        extras: of the package.
    """

    line: int = 0
    name: str = ""
    specifier: str = ""
    version: str | None = None
    url: str | None = None
    hashes: tuple[str, ...] = ()
    marker: str = ""
    extras: tuple[str, ...] = ()

    def text(self) -> str:
        """The entry as a lock has it: pinned or by URL, with its hashes, without conditions."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        wanted = f"{self.name}{extras} @ {self.url}" if self.url else f"{self.name}=={self.version}"
        return " \\\n".join([wanted, *(f"    --hash={value}" for value in self.hashes)]) + "\n"


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Line number and content of each line that says something; continued lines are joined."""
    begun, held = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        begun = begun or number
        bare = _COMMENT.sub("", line).rstrip()
        if bare.endswith("\\"):
            held += bare[:-1] + " "
            continue
        if whole := (held + bare).strip():
            yield begun, whole
        begun, held = 0, ""
    if held.strip():
        yield begun, held.strip()


def parse_entries(text: str, path: Path) -> tuple[Entry, ...]:
    """The requirements of a file, in its order; lines that hold only options are left out.

    Args:
        text: the file.
        path: what it is called.

    Raises:
        EnvironmentFailure: a line is no requirement; names file, line and content.
    """
    found = (parse_line(number, line, path) for number, line in logical_lines(text))
    return tuple(entry for entry in found if entry is not None)


def parse_line(number: int, line: str, path: Path) -> Entry | None:
    """The requirement that a logical line holds, or None if it holds only options.

    Raises:
        EnvironmentFailure: it is no requirement; names file and line.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    hashes = tuple(_HASH.findall(line))
    bare, _, marker = _HASH.sub("", line).strip().partition(" ; ")
    place = _EDITABLE.sub("", bare.strip())
    if place != bare.strip() or _LOCAL.fullmatch(place):
        return Entry(line=number, url=place, hashes=hashes, marker=marker)
    if line.startswith("-"):
        return None
    try:
        wanted = Requirement(_HASH.sub("", line).strip())
    except InvalidRequirement as error:
        problem = str(error).partition("\n")[0]
        where = f"{path}, line {number}" if number else str(path)
        raise EnvironmentFailure(
            f"{where}: {line!r} is no requirement: {problem}",
            fix="correct the line, or make the file anew with the tool that wrote it",
        ) from None
    pins = [s.version for s in wanted.specifier if s.operator in ("==", "===")]
    return Entry(
        line=number,
        name=normalise(wanted.name),
        specifier=str(wanted.specifier),
        version=pins[0] if len(pins) == 1 and not pins[0].endswith(".*") else None,
        url=wanted.url,
        hashes=hashes,
        marker=str(wanted.marker or ""),
        extras=tuple(sorted(wanted.extras)),
    )


def entries_for(entries: Iterable[Entry], target: Target) -> tuple[Entry, ...]:
    """The entries whose condition holds there."""
    from packaging.markers import Marker

    return tuple(
        entry
        for entry in entries
        if not entry.marker or Marker(entry.marker).evaluate(dict(target.markers()))
    )
