"""Sorting by a comparison, which Python 3 takes as a key only; and ``cmp``, which it has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import by_name, change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

if TYPE_CHECKING:
    import libcst as cst

RULE = "comparison"
_TAKEN = re.compile(
    r"sort\(\) takes no positional arguments|sorted expected 1 argument, got [2-4]|"
    r"'cmp' is an invalid keyword argument for sort"
)
_CMP = "cmp = lambda a, b: (a > b) - (a < b)"
_KEY = "__import__('functools').cmp_to_key({})"
_PLACES = {"sort": ("cmp", "key", "reverse"), "sorted": ("iterable", "cmp", "key", "reverse")}
"""What stood at each position in Python 2."""


def as_key(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call sorts by a key, or with ``cmp`` bound above its first use."""
    if failure.kind == "NameError" and "name 'cmp' is not defined" in failure.message:
        cell = draft.cell(failure.cell_id)
        return draft.edited(
            cell.id,
            f"{_CMP}\n{cell.source}",
            rule=RULE,
            reason="Python 3 has no cmp",
            confidence=0.95,
        )
    if failure.kind != "TypeError" or not _TAKEN.search(failure.message):
        return None
    return change_call(
        draft,
        failure,
        _by_key,
        name="",
        rule=RULE,
        reason="Python 3 sorts by a key: functools.cmp_to_key makes one of a comparison",
        confidence=0.95,
    )


def _by_key(call: cst.Call) -> cst.BaseExpression:
    import libcst as cst

    places = _PLACES.get(name_of(call))
    if places is None or any(argument.star for argument in call.args):
        return call
    given = {
        argument.keyword.value if argument.keyword else places[number]: argument
        for number, argument in enumerate(call.args)
        if argument.keyword or number < len(places)
    }
    if "cmp" not in given or "key" in given:
        return call
    code = cst.Module([]).code_for_node(given["cmp"].value)
    key = cst.Arg(cst.parse_expression(_KEY.format(code)))
    return call.with_changes(
        args=[
            cst.Arg(argument.value)
            if name == "iterable"
            else by_name(key, "key")
            if name == "cmp"
            else by_name(cst.Arg(argument.value), name)
            for name, argument in given.items()
        ]
    )
