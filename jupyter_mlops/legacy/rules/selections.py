"""Columns by importance: scikit-learn's estimators chose them themselves before 0.19."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

if TYPE_CHECKING:
    import libcst as cst

RULE = "selection"
_LOST = re.compile(r"'\w+' object has no attribute 'transform'")
_MAKE = (
    "__import__('sklearn.feature_selection', fromlist=['SelectFromModel'])"
    ".SelectFromModel({}, prefit=True)"
)


def by_importance(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose ``model.transform(X, threshold=t)`` is one of a ``SelectFromModel``.

    Only a call with a threshold is meant for sure: others may be of a transformer.
    """
    if failure.kind != "AttributeError" or not _LOST.search(failure.message):
        return None
    return change_call(
        draft,
        failure,
        _selected,
        name="transform",
        rule=RULE,
        reason="estimators choose no columns any more; SelectFromModel does, by the same threshold",
        confidence=0.95,
    )


def _selected(call: cst.Call) -> cst.BaseExpression:
    import libcst as cst

    said = [a for a in call.args if a.keyword is not None and a.keyword.value == "threshold"]
    kept = [a for a in call.args if a not in said]
    if (
        name_of(call) != "transform"
        or not isinstance(call.func, cst.Attribute)
        or len(said) != 1
        or len(kept) != 1
        or kept[0].star
    ):
        return call
    code = cst.Module([]).code_for_node
    given = f"{code(call.func.value)}, threshold={code(said[0].value)}"
    made = cst.parse_expression(_MAKE.format(given))
    table = kept[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return call.with_changes(func=call.func.with_changes(value=made), args=[table])
