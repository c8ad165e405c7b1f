"""``OneHotEncoder(categorical_features=…)``: columns are chosen by a ``ColumnTransformer`` now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import Aliases, aliases_of, resolved, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "one-hot"
_FAILURE = "OneHotEncoder.__init__() got an unexpected keyword argument 'categorical_features'"
_ENCODER = "sklearn.preprocessing.OneHotEncoder"
_MAKE = (
    "__import__('sklearn.compose', fromlist=['ColumnTransformer']).ColumnTransformer("
    "[('encoded', {encoder}, {columns})], remainder='passthrough', sparse_threshold=1)"
)


def choose_columns(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose encoders of some columns are transformers of these, and keep the others."""
    if _FAILURE not in failure.message:
        return None
    return rewrite_cells(
        draft,
        partial(_chooser, aliases_of(draft)),
        rule=RULE,
        reason="a ColumnTransformer chooses the columns now, and appends the others as it did",
        confidence=0.95,
    )


def _chooser(aliases: Aliases) -> cst.CSTTransformer:
    import libcst as cst

    code = cst.Module([]).code_for_node

    class Chooser(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            if resolved(original_node.func, aliases) != _ENCODER:
                return updated_node
            named = {a.keyword.value: a for a in updated_node.args if a.keyword is not None}
            chosen = named.get("categorical_features")
            if chosen is None:
                return updated_node
            kept = [a for a in updated_node.args if a is not chosen]
            if kept:
                kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            encoder = code(updated_node.with_changes(args=kept))
            return cst.parse_expression(_MAKE.format(encoder=encoder, columns=code(chosen.value)))

    return Chooser()
