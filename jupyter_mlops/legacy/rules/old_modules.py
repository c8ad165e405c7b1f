"""Modules of the repository that are in Python 2."""

from __future__ import annotations

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.modules import changed, own_frames, text_of
from jupyter_mlops.legacy.python2 import RULE, to_python3

_KINDS = frozenset(
    {"SyntaxError", "IndentationError", "TabError", "ImportError", "ModuleNotFoundError",
     "NameError", "AttributeError", "TypeError"}
)  # fmt: skip


def modernise(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose module is in Python 3, if an error came of one that is not."""
    if failure.kind not in _KINDS:
        return None
    for name, _ in own_frames(failure, scene.root):
        text = text_of(name, draft, scene)
        new = to_python3(text)
        if new is not None and new.rstrip() != text.rstrip():
            return changed(
                draft, name, text, f"{new}\n",
                rule=RULE, reason="Python 2 syntax and names, as Python 3 writes them",
                confidence=0.85,
            )  # fmt: skip
    return None
