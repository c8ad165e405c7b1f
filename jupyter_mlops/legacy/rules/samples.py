"""One sample: scikit-learn before 0.19 took a row, or a number, for a table of one row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

if TYPE_CHECKING:
    import libcst as cst

RULE = "sample"
_FAILURES = re.compile(r"Expected 2D array, got (scalar|1D) array instead")
_TAKE_ROWS = frozenset(
    {"predict", "predict_proba", "predict_log_proba", "decision_function", "kneighbors"}
)


def as_table(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call is given a table of one row."""
    found = _FAILURES.search(failure.message) if failure.kind == "ValueError" else None
    if found is None:
        return None
    form = "[[{}]]" if found[1] == "scalar" else "[{}]"

    def change(call: cst.Call) -> cst.BaseExpression:
        import libcst as cst

        if name_of(call) not in _TAKE_ROWS or not call.args or call.args[0].star:
            return call
        first = call.args[0]
        code = cst.Module([]).code_for_node(first.value)
        table = first.with_changes(value=cst.parse_expression(form.format(code)))
        return call.with_changes(args=[table, *call.args[1:]])

    return change_call(
        draft,
        failure,
        change,
        name="",
        rule=RULE,
        reason="a single sample is given as a table of one row now",
        confidence=0.95,
    )
