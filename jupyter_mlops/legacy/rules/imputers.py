"""Imputers of scikit-learn before 0.22, with an axis and with NaN as a word."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import Aliases, aliases_of, resolved, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "imputer"
_FAILURES = re.compile(
    r"SimpleImputer\.__init__\(\) got an unexpected keyword argument '(?:axis|verbose)'|"
    r"'X' and 'missing_values' types are expected to be both numerical|"
    r"'missing_values' parameter of SimpleImputer must be"
)
_IMPUTER = "sklearn.impute.SimpleImputer"


def settle(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose imputers of columns do without an axis, and take NaN itself for missing.

    One that fills along rows is left as it is: its successor knows columns alone.
    """
    if not _FAILURES.search(failure.message):
        return None
    return rewrite_cells(
        draft,
        partial(_settler, aliases_of(draft)),
        rule=RULE,
        reason="SimpleImputer always fills by columns, which axis=0 was, and takes nan for 'NaN'",
        confidence=0.95,
    )


def _settler(aliases: Aliases) -> cst.CSTTransformer:
    import libcst as cst

    class Settler(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.Call:
            if resolved(original_node.func, aliases) != _IMPUTER:
                return updated_node
            kept = []
            for argument in updated_node.args:
                name = argument.keyword.value if argument.keyword is not None else ""
                value = argument.value
                if name == "verbose":
                    continue
                if name == "axis":
                    if isinstance(value, cst.Integer) and value.value == "0":
                        continue
                    return updated_node
                if isinstance(value, cst.SimpleString) and value.evaluated_value == "NaN":
                    argument = argument.with_changes(value=cst.parse_expression("float('nan')"))
                kept.append(argument)
            if kept:
                kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(args=kept)

    return Settler()
