"""Lists that Python 2's ``map``, ``filter`` and ``zip`` gave to a function that sums or compares.

NumPy has functions of these names, too, which ``%pylab`` and star imports bind, and which take an
iterator for one value: ``all(map(f, xs))`` would be true whatever ``f`` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.rewrite import dotted, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "python2"
_TAKE = frozenset({"all", "any", "max", "min", "sum"})
_GIVE = frozenset({"filter", "map", "zip"})


def as_lists(draft: Draft) -> Draft:
    """The draft of Python 2 whose ``sum(map(…))`` and the like are of lists."""
    changed = rewrite_cells(
        draft,
        _lister,
        rule=RULE,
        reason="map, filter and zip gave lists, which NumPy's functions of the same name take, too",
        confidence=1.0,
    )
    return draft if changed is None else changed


def _lister() -> cst.CSTTransformer:
    import libcst as cst

    class Lister(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.Call:
            if dotted(original_node.func) not in _TAKE or not updated_node.args:
                return updated_node
            first, *others = updated_node.args
            made = first.value
            if not isinstance(made, cst.Call) or dotted(made.func) not in _GIVE or first.star:
                return updated_node
            listed = cst.Call(func=cst.Name("list"), args=[cst.Arg(made)])
            return updated_node.with_changes(args=[first.with_changes(value=listed), *others])

    return Lister()
