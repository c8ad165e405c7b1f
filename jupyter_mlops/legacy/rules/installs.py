"""``!pip install`` and its kin: what they install goes into the environment, once."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from jupyter_mlops.legacy.draft import Draft

RULE = "installs"
_LINE = re.compile(
    r"^(?P<indent>\s*)[%!]\s*(?:sudo\s+)?(?:\S*python[\d.]*\s+-m\s+|\{sys\.executable\}\s+-m\s+)?"
    r"(?P<tool>pip[\d.]*|conda|mamba|easy_install|apt-get|apt|brew)\s+(?P<rest>.*install\b.*|\S+)$"
)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?([=<>!~]=?[\w.*,<>=!~]+)?")


def comment_out(draft: Draft) -> Draft:
    """The draft with each such line as a comment, and what pip or conda installed on its list."""
    for cell in draft.code:
        lines = cell.source.split("\n")
        found: list[str] = []
        for number, line in enumerate(lines):
            if match := _LINE.match(line):
                lines[number] = f"{match['indent']}# {line.strip()}"
                if match["indent"]:
                    lines[number] = f"{match['indent']}pass  # {line.strip()}"
                found += _packages(match["tool"], match["rest"])
        if lines != cell.source.split("\n"):
            draft = draft.edited(
                cell.id,
                "\n".join(lines),
                rule=RULE,
                reason="packages belong to the environment, which is locked, not to the notebook",
                confidence=1.0,
            ).requiring(*found)
    return draft


def _packages(tool: str, arguments: str) -> Iterator[str]:
    if tool in ("apt", "apt-get", "brew"):
        return
    try:
        words = shlex.split(arguments.partition("#")[0])
    except ValueError:
        return
    skip = False
    for word in words[words.index("install") + 1 :] if "install" in words else ():
        if skip or word.startswith("-"):
            skip = not skip and word in ("-c", "--channel", "-n", "--name", "-r", "-i", "-f")
        elif _NAME.fullmatch(word) and word not in ("pip", "python"):
            # conda writes one `=`, and its pins are of another index
            yield word.partition("=")[0] if tool in ("conda", "mamba") else word
