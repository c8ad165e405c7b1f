"""``reindex`` that fills rows and chooses columns: pandas fills along both axes now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

if TYPE_CHECKING:
    import libcst as cst

RULE = "argument"
_FAILURE = "index must be monotonic increasing or decreasing"


def columns_first(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing ``reindex`` chooses its columns first, and fills rows alone."""
    if failure.kind != "ValueError" or _FAILURE not in failure.message:
        return None
    return change_call(
        draft,
        failure,
        _columns_first,
        name="reindex",
        rule=RULE,
        reason="reindex cannot fill along columns that are not in order; only rows are filled",
        confidence=0.85,
    )


def _columns_first(call: cst.Call) -> cst.BaseExpression:
    import libcst as cst

    named = {a.keyword.value: a for a in call.args if a.keyword is not None}
    if (
        name_of(call) != "reindex"
        or not isinstance(call.func, cst.Attribute)
        or any(a.star for a in call.args)
        or not {"method", "columns"} <= set(named)
    ):
        return call
    code = cst.Module([]).code_for_node
    chosen = f"{code(call.func.value)}.reindex(columns={code(named['columns'].value)})"
    kept = [a for a in call.args if a is not named["columns"]]
    kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    owner = cst.parse_expression(chosen)
    return call.with_changes(func=call.func.with_changes(value=owner), args=kept)
