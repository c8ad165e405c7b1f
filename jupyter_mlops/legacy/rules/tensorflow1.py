"""Programs of TensorFlow 1 under TensorFlow 2: by its module of compatibility."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "moved"
_LOST = re.compile(r"module 'tensorflow(?:\.\w+)*' has no attribute '\w+'")
_EAGER = re.compile(r"is not (?:compatible|supported) with eager execution|eager execution is")
_IMPORT = re.compile(r"^([ \t]*)import tensorflow(?: as (\w+))?[ \t]*(#.*)?$", re.M)


def as_then(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that imports ``tensorflow.compat.v1``, with the behaviour of version 2 off."""
    if not _LOST.search(failure.message) and not _EAGER.search(failure.message):
        return None

    def imported(found: re.Match[str]) -> str:
        space, name = found[1], found[2] or "tensorflow"
        note = f"  {found[3]}" if found[3] else ""
        line = f"{space}import tensorflow.compat.v1 as {name}{note}"
        return f"{line}\n{space}{name}.disable_v2_behavior()"

    before = draft
    for cell in draft.code:
        draft = draft.edited(
            cell.id,
            _IMPORT.sub(imported, cell.source),
            rule=RULE,
            reason="it is written for TensorFlow 1, which TensorFlow 2 has as tensorflow.compat.v1",
            confidence=0.9,
        )
    # Wanted by name, so that another kernel begins: this one has run operations of version 2.
    return None if draft is before else draft.requiring("tensorflow>=2")
