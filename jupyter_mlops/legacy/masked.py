"""IPython's own lines out of the way of tools that read plain Python, and back again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"^([ \t]*)((?:[!?]|%{1,2}[A-Za-z_]).*|[\w.]+\?{1,2}[ \t]*)$")
"""An operator ``%`` that a line begins with has a space or a bracket after it."""
_ASSIGNED = re.compile(r"^([ \t]*[\w., \t]+=[ \t]*)([%!].+)$")
_MARK = "__mlops_masked_{}__"
_RUNS_LINE = re.compile(
    r"^([ \t]*)(%(?:time|timeit|prun)[ \t]+(?:-[a-z]+[ \t]*\d*[ \t]+)*)(?=[^-\s])"
)
_RUNS_BODY = re.compile(r"^\s*%%(time|timeit|capture|prun)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A cell whose magics and shell lines are plain names for now.

    Attributes:
        text: plain Python, as far as the cell holds it.
        lines: what the names stand for.
    """

    text: str
    lines: tuple[str, ...]

    def restore(self, text: str) -> str:
        """A text that was made from ``self.text``, with the lines back in their places."""
        for number, line in enumerate(self.lines):
            mark = _MARK.format(number)
            text = text.replace(f"{mark}; " if f"{mark}; " in text else mark, line)
        return text


def mask(source: str) -> Masked | None:
    """The cell as plain Python; None if a cell magic says that it is none."""
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lstrip().startswith("%%") and not _RUNS_BODY.match(lines[first]):
        return None
    held: list[str] = []
    continued = False
    for number, line in enumerate(lines):
        found = _LINE.match(line) or _ASSIGNED.match(line)
        if continued and held:
            held[-1] += "\n" + line
            lines[number] = ""
        elif runs := _RUNS_LINE.match(line):
            lines[number] = f"{runs[1]}{_MARK.format(len(held))}; {line[runs.end() :]}"
            held.append(runs[2])
            found = None
        elif found:
            lines[number] = found[1] + _MARK.format(len(held))
            held.append(found[2])
        continued = (continued or bool(found)) and line.endswith("\\")
    return Masked(text="\n".join(lines), lines=tuple(held))
