"""Arguments that a function does not take any more: renamed, reshaped, or given by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import dotted, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "argument"
_UNEXPECTED = re.compile(
    r"(?:(\w+)\(\) )?got an unexpected keyword argument '(\w+)'|"
    r"(?:Unknown property|has no property '?|object has no property ')(\w+)"
)
_POSITIONAL = re.compile(
    r"(?:(\w+)\.)?(\w+)\(\) takes (?:from \d+ to )?\d+ positional arguments? but (\d+)"
)

Change = tuple[str, str] | None
"""New keyword and value, where ``{}`` stands for the old value; None to leave it out."""

_KEYWORDS: Mapping[str, Change] = {
    "axisbg": ("facecolor", "{}"),
    "axis_bgcolor": ("facecolor", "{}"),
    "base_estimator": ("estimator", "{}"),
    "basex": ("base", "{}"),
    "basey": ("base", "{}"),
    "bw": ("bw_method", "{}"),
    "closed": ("inclusive", "{}"),
    "color_codes": None,
    "cols": ("columns", "{}"),
    "error_bad_lines": ("on_bad_lines", "'error' if {} else 'skip'"),
    "infer_datetime_format": None,
    "line_terminator": ("lineterminator", "{}"),
    "linthreshx": ("linthresh", "{}"),
    "linthreshy": ("linthresh", "{}"),
    "n_iter": ("max_iter", "{}"),
    "n_topics": ("n_components", "{}"),
    "nonposx": ("nonpositive", "{}"),
    "nonposy": ("nonpositive", "{}"),
    "normed": ("density", "{}"),
    "rows": ("index", "{}"),
    "shade": ("fill", "{}"),
    "size": ("height", "{}"),
    "sort_columns": None,
    "sparse": ("sparse_output", "{}"),
    "take_last": ("keep", "'last' if {} else 'first'"),
    "warn_bad_lines": None,
    "ci": ("errorbar", "('ci', {0}) if isinstance({0}, (int, float)) else {0}"),
}
_POSITIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("barplot", "boxplot", "violinplot", "stripplot", "swarmplot", "pointplot", "boxenplot",
         "lineplot", "scatterplot", "regplot", "lmplot", "jointplot", "catplot", "relplot",
         "residplot"),
        ("x", "y", "hue", "data"),
    ),
    "countplot": ("x", "y", "hue"),
    "kdeplot": ("x", "y"),
    "histplot": ("data", "x", "y"),
    "drop": ("labels", "axis"),
    "pivot": ("index", "columns", "values"),
    "concat": ("objs", "axis"),
    "read_csv": ("filepath_or_buffer", "sep"),
    "read_table": ("filepath_or_buffer", "sep"),
    "read_excel": ("io", "sheet_name"),
    "sort_values": ("by", "axis", "ascending"),
    "sort_index": ("axis", "level", "ascending"),
    "dropna": ("axis", "how"),
    "reset_index": ("level", "drop"),
    "set_index": ("keys", "drop"),
    "fillna": ("value", "method"),
    "sum": ("axis",),
    "mean": ("axis",),
    "any": ("axis",),
    "all": ("axis",),
    "split": ("pat", "n"),
    "replace": ("to_replace", "value"),
    "legend": ("handles", "labels"),
}  # fmt: skip


def rename(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing cell gives the argument as the function takes it now."""
    if failure.kind not in ("TypeError", "AttributeError"):
        return None
    if found := _UNEXPECTED.search(failure.message):
        keyword = found[2] or found[3]
        if keyword == "method":
            return _filled(draft, failure)
        if keyword == "squeeze":
            return _squeezed(draft, failure)
        if keyword == "normalize" and failure.message.startswith("LinearRegression."):
            return _rewritten(
                draft,
                failure,
                lambda call: _keyword(call, keyword, None),
                "least squares give the same line whether or not columns are scaled before",
                0.9,
            )
        if keyword not in _KEYWORDS:
            return None
        change = _KEYWORDS[keyword]
        what = f"{keyword} is called {change[0]} now" if change else f"{keyword} has no effect now"
        return _rewritten(draft, failure, lambda call: _keyword(call, keyword, change), what, 0.85)
    if found := _POSITIONAL.search(failure.message):
        name = found[2]
        if name == "__init__":
            return None
        names = _POSITIONS.get(name)
        if names is None:
            return None
        return _rewritten(
            draft,
            failure,
            lambda call: _named(call, name, names),
            f"{name} takes its arguments by name now",
            0.9,
        )
    return None


def _rewritten(
    draft: Draft,
    failure: Failure,
    change: Callable[[cst.Call], cst.BaseExpression],
    reason: str,
    confidence: float,
) -> Draft | None:
    import libcst as cst

    class Calls(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            return change(updated_node)

    return rewrite_cells(
        draft,
        Calls,
        rule=RULE,
        reason=reason,
        confidence=confidence,
        cells=[failure.cell_id],
    )


def _keyword(call: cst.Call, keyword: str, change: Change) -> cst.Call:
    import libcst as cst

    arguments = []
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == keyword:
            if change is None:
                continue
            value = cst.Module([]).code_for_node(argument.value)
            argument = argument.with_changes(
                keyword=cst.Name(change[0]),
                value=cst.parse_expression(change[1].format(value)),
            )
        arguments.append(argument)
    if len(arguments) < len(call.args) and arguments:
        arguments[-1] = arguments[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return call.with_changes(args=arguments)


def _named(call: cst.Call, name: str, names: tuple[str, ...]) -> cst.Call:
    """The call of a function ``name`` with all but its first positional argument by name."""
    import libcst as cst

    if (dotted(call.func) or _attribute(call.func)).rpartition(".")[2] != name:
        return call
    plain = [a for a in call.args if a.keyword is None and not a.star]
    if not 2 <= len(plain) <= len(names) + (names[0] == "pat"):
        return call
    first = 0 if names[0] in ("x", "index") else 1
    given = {id(argument): keyword for argument, keyword in zip(plain, names, strict=False)}
    arguments = [
        argument.with_changes(
            keyword=cst.Name(given[id(argument)]),
            equal=cst.AssignEqual(
                whitespace_before=cst.SimpleWhitespace(""),
                whitespace_after=cst.SimpleWhitespace(""),
            ),
        )
        if id(argument) in given and number >= first
        else argument
        for number, argument in enumerate(call.args)
    ]
    return call.with_changes(args=arguments)


def _attribute(node: cst.BaseExpression) -> str:
    import libcst as cst

    return node.attr.value if isinstance(node, cst.Attribute) else ""


def _filled(draft: Draft, failure: Failure) -> Draft | None:
    """``fillna(method="ffill")`` as the method that does it."""
    import libcst as cst

    ways = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}

    def change(call: cst.Call) -> cst.BaseExpression:
        if _attribute(call.func) != "fillna":
            return call
        kept = [a for a in call.args if a.keyword is None or a.keyword.value != "method"]
        said = [a.value for a in call.args if a.keyword is not None and a.keyword.value == "method"]
        if not said or not isinstance(said[0], cst.SimpleString):
            return call
        way = ways.get(str(said[0].evaluated_value))
        if way is None or not isinstance(call.func, cst.Attribute):
            return call
        if kept:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return call.with_changes(
            func=call.func.with_changes(attr=cst.Name(way)),
            args=[a for a in kept if a.keyword is not None],
        )

    reason = "fillna fills with a value only; ffill and bfill carry values on"
    return _rewritten(draft, failure, change, reason, 0.95)


def _squeezed(draft: Draft, failure: Failure) -> Draft | None:
    """``read_csv(squeeze=True)`` as the method that does it."""
    import libcst as cst

    def change(call: cst.Call) -> cst.BaseExpression:
        said = [a for a in call.args if a.keyword is not None and a.keyword.value == "squeeze"]
        if not said:
            return call
        plain = _keyword(call, "squeeze", None)
        if dotted(said[0].value) != "True":
            return plain
        text = cst.Module([]).code_for_node(plain)
        return cst.parse_expression(f'{text}.squeeze("columns")')

    return _rewritten(draft, failure, change, "squeeze is a method of the frame now", 0.95)
