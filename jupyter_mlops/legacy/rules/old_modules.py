"""Modules of the repository that are in Python 2: mended in the job, never in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.python2 import RULE, to_python3

_FILE = re.compile(r"File \"?(~?/[^\n\":]+\.py)[\":,]")
_KINDS = frozenset(
    {"SyntaxError", "IndentationError", "TabError", "ImportError", "ModuleNotFoundError",
     "NameError", "AttributeError", "TypeError"}
)  # fmt: skip


def modernise(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose module is in Python 3, if an error came of one that is not."""
    if failure.kind not in _KINDS:
        return None
    for name in _own(failure.traceback, scene.root):
        text = draft.files.get(name)
        if text is None:
            text = (scene.root / name).read_text(encoding="utf-8", errors="replace")
        new = to_python3(text)
        if new is not None and new != text.rstrip("\n"):
            return replace(draft, files={**draft.files, name: f"{new}\n"}).noted(
                rule=RULE,
                reason=f"{name} is in Python 2; the job has it as Python 3 writes it",
                before=text,
                after=f"{new}\n",
                confidence=0.85,
            )
    return None


def _own(traceback: str, root: Path) -> Iterator[str]:
    """The repository's modules on the way to the error, the innermost first; paths from its top."""
    for path in reversed(_FILE.findall(traceback)):
        parts = Path(path).parts
        if "site-packages" in parts:
            continue
        for start in range(1, len(parts)):
            place = root.joinpath(*parts[start:])
            if place.is_file():
                yield place.relative_to(root).as_posix()
                break
