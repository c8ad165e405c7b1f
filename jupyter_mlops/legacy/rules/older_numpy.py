"""A library that needs a name which NumPy took away: the release of NumPy that still has it."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "module"
_LOST = re.compile(
    r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was removed in the NumPy 2"
)
_FRAME = re.compile(r"^File (\S+?):\d+", re.M)
_LAST = {
    **dict.fromkeys(("bool", "complex", "float", "int", "object", "str"), "1.24"),
    **dict.fromkeys(("Inf", "NaN", "complex_", "float_", "product", "string_", "unicode_"), "2"),
}
"""Name → the release that lacks it."""


def pin(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that asks for the NumPy which an installed library was written for."""
    found = _LOST.search(failure.message)
    frames = _FRAME.findall(failure.traceback)
    if found is None or not frames or "site-packages" not in frames[-1]:
        return None
    name = found[1] or found[2]
    line = f"numpy<{_LAST[name]}" if name in _LAST else ""
    if not line or line in draft.requirements:
        return None
    return draft.requiring(line).noted(
        rule=RULE,
        reason=f"a library uses np.{name}, which later releases of NumPy do not have",
        before="",
        after=line,
        confidence=0.95,
    )
