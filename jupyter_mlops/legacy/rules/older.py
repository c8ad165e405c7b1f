"""A library that needs what NumPy took away: the last release that still has it."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "module"
_FRAME = re.compile(r"^File (\S+?):\d+", re.M)
_OF_NUMPY = r"module 'numpy' has no attribute '(?:{0})'|`np\.(?:{0})` was removed in the NumPy 2"
_LAST = {
    _OF_NUMPY.format("bool|complex|float|int|object|str"): "numpy<1.24",
    _OF_NUMPY.format("Inf|NaN|complex_|float_|product|string_|unicode_"): "numpy<2",
}
"""What a library complains of → the releases that it was written for."""


def pin(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that asks for the releases which an installed library was written for."""
    frames = _FRAME.findall(failure.traceback)
    if not frames or "site-packages" not in frames[-1]:
        return None
    for complaint, line in _LAST.items():
        if re.search(complaint, failure.message) and line not in draft.requirements:
            return draft.requiring(line).noted(
                rule=RULE,
                reason=f"a library needs what {line.replace('<', ' had before ')}",
                before="",
                after=line,
                confidence=0.95,
            )
    return None
