"""Cross-validation as scikit-learn had it before 0.18: an iterator made from sizes or labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import dotted, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "folds"
_FAILURES = re.compile(
    r"(\w*(?:Fold|Split|LeaveOneOut|LeavePOut))(?:\.__init__)?\(\) "
    r"(?:takes|got an unexpected keyword argument '(?:n_folds|n_iter|n|y|indices)'|"
    r"got multiple values)|'(\w*(?:Fold|Split|LeaveOneOut))' object is not iterable"
)
_RENAMED = {"n_folds": "n_splits", "n_iter": "n_splits"}
_SECOND = {"KFold": "n_splits", "StratifiedKFold": "n_splits", "ShuffleSplit": "n_splits",
           "StratifiedShuffleSplit": "n_splits", "LeavePOut": "p"}  # fmt: skip


def split(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose folds are a list of splits, as loops and ``cv=`` take it."""
    found = _FAILURES.search(failure.message) if failure.kind == "TypeError" else None
    if found is None:
        return None
    name = found[1] or found[2]
    return rewrite_cells(
        draft,
        lambda: _folds(name),
        rule=RULE,
        reason=f"{name} takes the number of splits alone now; what it splits goes to split()",
        confidence=0.9,
    )


def _folds(name: str) -> cst.CSTTransformer:
    import libcst as cst

    def code(node: cst.CSTNode) -> str:
        return cst.Module([]).code_for_node(node)

    class Folds(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            if (dotted(updated_node.func) or "").rpartition(".")[2] != name:
                return updated_node
            plain = [a for a in updated_node.args if a.keyword is None and not a.star]
            named = {a.keyword.value: code(a.value) for a in updated_node.args if a.keyword}
            named.pop("indices", None)
            whole = code(plain[0].value) if plain else named.pop("n", named.pop("y", None))
            if whole is None:
                return updated_node
            given = [f"{_SECOND[name]}={code(a.value)}" for a in plain[1:2] if name in _SECOND]
            given += [f"{_RENAMED.get(key, key)}={value}" for key, value in named.items()]
            labels = name.startswith("Stratified")
            what = f"{whole}, {whole}" if labels else f"range({whole})"
            made = f"{code(updated_node.func)}({', '.join(given)})"
            return cst.parse_expression(f"list({made}.split({what}))")

    return Folds()
