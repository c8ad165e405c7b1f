"""``numpy.matrix``, whose rows and columns matplotlib drew as it draws those of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import aliases_of

if TYPE_CHECKING:
    import libcst as cst

RULE = "matrix"
_FAILURE = "'vertices' must be 2D"
_DRAW = frozenset({"errorbar", "fill", "loglog", "plot", "semilogx", "semilogy", "step"})


def as_arrays(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call draws arrays."""
    if failure.kind != "ValueError" or _FAILURE not in failure.message:
        return None
    modules = {module: name for name, module in aliases_of(draft).items()}
    convert = modules.get("numpy", "__import__('numpy')") + ".asarray"

    def change(call: cst.Call) -> cst.BaseExpression:
        import libcst as cst

        if name_of(call) not in _DRAW:
            return call

        def array(argument: cst.Arg) -> cst.Arg:
            code = cst.Module([]).code_for_node(argument.value)
            known = isinstance(argument.value, cst.BaseString) or code.startswith(f"{convert}(")
            if known or argument.keyword is not None or argument.star:
                return argument
            return argument.with_changes(value=cst.parse_expression(f"{convert}({code})"))

        return call.with_changes(args=[array(a) for a in call.args])

    return change_call(
        draft,
        failure,
        change,
        name="",
        rule=RULE,
        reason="matplotlib draws no matrices any more; their arrays are drawn",
        confidence=0.95,
    )
