"""Tables: scikit-learn before 0.19 took a row for one sample, and values for a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import aliases_of

if TYPE_CHECKING:
    import libcst as cst

RULE = "sample"
_FAILURES = re.compile(r"Expected 2D array, got (scalar|1D) array instead")
_LEARN = frozenset({"fit", "fit_transform", "fit_predict"})
_TAKE_ROWS = frozenset(
    {"predict", "predict_proba", "predict_log_proba", "decision_function", "kneighbors"}
)
_METHODS = _LEARN | _TAKE_ROWS
_CALLED = re.compile(r"\bin \w+\.(\w+)\(")
"""The methods of a traceback."""


def as_table(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call has a table: of one row to predict, of a column to learn."""
    found = _FAILURES.search(failure.message) if failure.kind == "ValueError" else None
    if found is None:
        return None
    called = next(filter(_METHODS.__contains__, _CALLED.findall(failure.traceback)), "predict")
    if called in _LEARN:
        modules = {module: name for name, module in aliases_of(draft).items()}
        numpy = modules.get("numpy", "__import__('numpy')")
        methods, form = _LEARN, f"{numpy}.reshape({{}}, (-1, 1))"
    else:
        methods, form = _TAKE_ROWS, "[[{}]]" if found[1] == "scalar" else "[{}]"

    def change(call: cst.Call) -> cst.BaseExpression:
        import libcst as cst

        if name_of(call) not in methods or not call.args or call.args[0].star:
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
        reason="samples are given as a table now: of one row, or of one column",
        confidence=0.95,
    )
