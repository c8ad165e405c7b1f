"""Arguments that a function does not take any more: renamed, reshaped, or left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import dotted

if TYPE_CHECKING:
    import libcst as cst

RULE = "argument"
_UNEXPECTED = re.compile(
    r"(?:(?:(\w+)\.)?(\w+)\(\) )?got an unexpected keyword argument '(\w+)'|"
    r"(?:Unknown property|has no property '?|object has no property ')(\w+)"
)

_UNUSED_SEED = "Setting a random_state has no effect since shuffle is False"
_FOLDS = ("KFold", "StratifiedKFold")

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
    "precompute_distances": None,
    "presort": None,
    "parse_cols": ("usecols", "{}"),
    "sheetname": ("sheet_name", "{}"),
    "skip_footer": ("skipfooter", "{}"),
    "tupleize_cols": None,
    "shade": ("fill", "{}"),
    "size": ("height", "{}"),
    "sort_columns": None,
    "sparse": ("sparse_output", "{}"),
    "take_last": ("keep", "'last' if {} else 'first'"),
    "visualise": ("visualize", "{}"),
    "warn_bad_lines": None,
    "ci": ("errorbar", "('ci', {0}) if isinstance({0}, (int, float)) else {0}"),
}

_CONSTRUCTORS: Mapping[tuple[str, str], Change] = {
    ("ElasticNet", "rho"): ("l1_ratio", "{}"),
    ("GridSearchCV", "iid"): None,
    ("KMeans", "k"): ("n_clusters", "{}"),
    ("KMeans", "n_jobs"): None,
    ("KNeighborsClassifier", "warn_on_equidistant"): None,
    ("KNeighborsRegressor", "warn_on_equidistant"): None,
    ("RandomForestClassifier", "compute_importances"): None,
    ("RandomForestRegressor", "compute_importances"): None,
    ("RandomForestClassifier", "min_density"): None,
    ("RandomForestRegressor", "min_density"): None,
    ("SVC", "scale_C"): None,
    ("HamiltonianMonteCarlo", "seed"): None,
    ("RandomWalkMetropolis", "seed"): None,
}
"""Class and keyword → the same, where the keyword is another thing elsewhere."""
_FUNCTIONS: Mapping[tuple[str, str], str] = {
    ("gca", "projection"): "add_subplot",
    ("sort_index", "by"): "sort_values",
}
"""Method and keyword that it lost → the method that takes it."""


def rename(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call gives the argument as the function takes it now."""
    if failure.message.startswith(_UNUSED_SEED):
        reason = "without shuffle, random_state never had an effect"
        return _changed(draft, failure, _unseeded, reason, 1.0)
    if failure.kind not in ("TypeError", "AttributeError"):
        return None
    found = _UNEXPECTED.search(failure.message)
    if found is None:
        return None
    owner, name, keyword = found[1] or "", found[2] or "", found[3] or found[4]
    name = owner if name == "__init__" else name
    if keyword == "method":
        return _filled(draft, failure)
    if keyword == "squeeze":
        return _squeezed(draft, failure)
    if (name, keyword) in _FUNCTIONS:
        reason = f"{keyword} of {name} is what {_FUNCTIONS[name, keyword]} does now"
        return _changed(draft, failure, lambda c: _called(c, name, keyword), reason, 0.95)
    if keyword == "delim_whitespace":
        reason = "delim_whitespace is the separator of white space now"
        return _changed(draft, failure, _separated, reason, 0.95)
    if keyword == "join_axes":
        return _joined(draft, failure)
    if keyword == "normalize" and failure.message.startswith("LinearRegression."):
        reason = "least squares give the same line whether or not columns are scaled before"
        return _changed(draft, failure, lambda c: _keyword(c, keyword, None), reason, 0.9)
    if keyword not in _KEYWORDS and (name, keyword) not in _CONSTRUCTORS:
        return None
    change = _CONSTRUCTORS.get((name, keyword), _KEYWORDS.get(keyword))
    reason = f"{keyword} is called {change[0]} now" if change else f"{keyword} has no effect now"
    return _changed(draft, failure, lambda c: _keyword(c, keyword, change), reason, 0.85, name)


def _changed(
    draft: Draft,
    failure: Failure,
    change: Callable[[cst.Call], cst.BaseExpression],
    reason: str,
    confidence: float,
    name: str = "",
) -> Draft | None:
    return change_call(
        draft, failure, change, name=name, rule=RULE, reason=reason, confidence=confidence
    )


def _unseeded(call: cst.Call) -> cst.Call:
    """The folds without the seed that is not used."""
    return _keyword(call, "random_state", None) if name_of(call) in _FOLDS else call


def _called(call: cst.Call, name: str, keyword: str) -> cst.Call:
    """The call of the method that takes the keyword."""
    import libcst as cst

    given = any(a.keyword is not None and a.keyword.value == keyword for a in call.args)
    if not given or name_of(call) != name or not isinstance(call.func, cst.Attribute):
        return call
    new = cst.Name(_FUNCTIONS[name, keyword])
    return call.with_changes(func=call.func.with_changes(attr=new))


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


def _filled(draft: Draft, failure: Failure) -> Draft | None:
    """``fillna(method="ffill")`` as the method that does it."""
    import libcst as cst

    ways = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}

    def change(call: cst.Call) -> cst.BaseExpression:
        if name_of(call) != "fillna":
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
    return _changed(draft, failure, change, reason, 0.95)


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

    return _changed(draft, failure, change, "squeeze is a method of the frame now", 0.95)


def _separated(call: cst.Call) -> cst.Call:
    """``delim_whitespace=True`` as a separator; ``False``, which is the default, left out."""
    said = {a.keyword.value: dotted(a.value) for a in call.args if a.keyword is not None}
    way = said.get("delim_whitespace")
    if way == "True" and "sep" not in said:
        return _keyword(call, "delim_whitespace", ("sep", r"r'\s+'"))
    return _keyword(call, "delim_whitespace", None) if way == "False" else call


def _joined(draft: Draft, failure: Failure) -> Draft | None:
    """``concat(join_axes=[labels])`` as the reindexing that it was."""
    import libcst as cst

    def change(call: cst.Call) -> cst.BaseExpression:
        said = {a.keyword.value: a.value for a in call.args if a.keyword is not None}
        labels = said.get("join_axes")
        if not isinstance(labels, cst.List | cst.Tuple) or len(labels.elements) != 1:
            return call
        code = cst.Module([]).code_for_node
        along = code(said["axis"]) if "axis" in said else "0"
        other = {"0": "columns", "1": "index"}.get(along)
        if other is None:
            return call
        plain = code(_keyword(call, "join_axes", None))
        return cst.parse_expression(f"{plain}.reindex({other}={code(labels.elements[0].value)})")

    return _changed(draft, failure, change, "concat joins, and reindex chooses the labels", 0.95)
