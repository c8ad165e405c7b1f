"""``open(path, 'rU')``: universal newlines, which every text file has since Python 3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

if TYPE_CHECKING:
    import libcst as cst

RULE = "mode"
_INVALID = re.compile(r"invalid mode: '([rwabt+]*U[rwabt+]*)'")


def without_newlines(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call opens the file without ``U``."""
    found = _INVALID.search(failure.message) if failure.kind == "ValueError" else None
    if found is None:
        return None
    old, new = found[1], found[1].replace("U", "") or "r"

    def change(call: cst.Call) -> cst.BaseExpression:
        import libcst as cst

        if name_of(call) != "open":
            return call

        def is_mode(argument: cst.Arg) -> bool:
            value = argument.value
            return isinstance(value, cst.SimpleString) and value.evaluated_value == old

        return call.with_changes(
            args=[
                argument.with_changes(value=cst.SimpleString(repr(new)))
                if is_mode(argument)
                else argument
                for argument in call.args
            ]
        )

    return change_call(
        draft,
        failure,
        change,
        name="",
        rule=RULE,
        reason="every text file has universal newlines now, and the mode U is gone",
        confidence=1.0,
    )
