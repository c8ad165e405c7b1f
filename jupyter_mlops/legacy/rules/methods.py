"""Methods and attributes that pandas, NumPy, scikit-learn, matplotlib and NetworkX lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import aliases_of, resolved, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "method"
_LOST = re.compile(
    r"(?P<type>type object )?'(?P<owner>\w+)'(?: object)? has no attribute '(?P<name>\w+)'|"
    r"module '(?P<module>[\w.]+)' has no attribute '(?P<function>\w+)'"
)

_OBJECT = "{self}"
_NAMES: Mapping[str, tuple[str, float]] = {
    "covars_": ("covariances_", 0.95),
    "degree_iter": ("degree", 0.95),
    "edge": ("adj", 0.95),
    "edges_iter": ("edges", 0.95),
    "get_axis_bgcolor": ("get_facecolor", 0.95),
    "in_degree_iter": ("in_degree", 0.95),
    "neighbors_iter": ("neighbors", 0.95),
    "node": ("nodes", 0.95),
    "nodes_iter": ("nodes", 0.95),
    "out_degree_iter": ("out_degree", 0.95),
    "predecessors_iter": ("predecessors", 0.95),
    "successors_iter": ("successors", 0.95),
    "to_datetime": ("to_pydatetime", 0.95),
    "valid": ("dropna", 0.95),
    "applymap": ("map", 0.95),
    "get_feature_names": ("get_feature_names_out", 0.95),
    "get_values": ("to_numpy", 0.95),
    "iteritems": ("items", 1.0),
    "ix": ("loc", 0.75),
    "labels": ("codes", 0.8),
    "order": ("sort_values", 0.95),
    "set_axis_bgcolor": ("set_facecolor", 0.95),
    "tostring": ("tobytes", 0.95),
    "set_window_title": ("set_label", 0.6),
    "itervalues": ("values", 1.0),
    "iterkeys": ("keys", 1.0),
    "has_key": ("__contains__", 1.0),
}
"""Old name → the one that does the same, and how sure that is."""

_CALLS: Mapping[str, tuple[str, float]] = {
    "TimeGrouper": ("pd.Grouper(freq={args})", 0.95),
    "add_cycle": ("nx.add_cycle({self}, {args})", 0.95),
    "add_path": ("nx.add_path({self}, {args})", 0.95),
    "add_star": ("nx.add_star({self}, {args})", 0.95),
    "connected_component_subgraphs": (
        "({first}.subgraph(part) for part in nx.connected_components({first}))",
        0.95,
    ),
    "from_csv": ("pd.read_csv({args}, index_col=0, parse_dates=True)", 0.9),
    "groupby": ("{first}.groupby({rest})", 0.95),
    "nonzero": ("{self}.to_numpy().nonzero()", 0.95),
    "ptp": ("({self}.max() - {self}.min())", 0.95),
    "selfloop_edges": ("nx.selfloop_edges({self})", 0.95),
    "as_matrix": ("{self}.to_numpy()", 0.95),
    "convert_objects": ("{self}.infer_objects()", 0.8),
    "get_dtype_counts": ("{self}.dtypes.value_counts()", 0.9),
    "get_value": ("{self}.at[{args}]", 0.95),
    "irow": ("{self}.iloc[{args}]", 0.95),
    "icol": ("{self}.iloc[:, {args}]", 0.95),
    "iget_value": ("{self}.iat[{args}]", 0.95),
    "iget": ("{self}.iloc[{args}]", 0.95),
    "mad": ("({self} - {self}.mean()).abs().mean()", 0.9),
    "asscalar": ("{args}.item()", 0.95),
    "set_color_cycle": ("{self}.set_prop_cycle(color={args})", 0.95),
    "append": ("pd.concat([{self}, {first}]{more})", 0.8),
    "sort": ("{self}.sort_values({args})", 0.85),
    "sortlevel": ("{self}.sort_index({args})", 0.95),
    "hold": ("None", 0.9),
    "rolling_mean": ("{first}.rolling({rest}).mean()", 0.9),
    "rolling_sum": ("{first}.rolling({rest}).sum()", 0.9),
    "rolling_std": ("{first}.rolling({rest}).std()", 0.9),
    "rolling_var": ("{first}.rolling({rest}).var()", 0.9),
    "rolling_median": ("{first}.rolling({rest}).median()", 0.9),
    "rolling_min": ("{first}.rolling({rest}).min()", 0.9),
    "rolling_max": ("{first}.rolling({rest}).max()", 0.9),
    "rolling_count": ("{first}.rolling({rest}).count()", 0.9),
    "rolling_apply": ("{first}.rolling({second}).apply({last})", 0.8),
    "rolling_quantile": ("{first}.rolling({second}).quantile({last})", 0.9),
    "rolling_corr": ("{first}.rolling({last}).corr({second})", 0.8),
    "expanding_mean": ("{first}.expanding({rest}).mean()", 0.9),
    "expanding_sum": ("{first}.expanding({rest}).sum()", 0.9),
    "ewma": ("{first}.ewm({rest}).mean()", 0.85),
    "ewmvar": ("{first}.ewm({rest}).var()", 0.85),
    "ewmstd": ("{first}.ewm({rest}).std()", 0.85),
    "distplot": ("sns.histplot({args}, kde=True, stat='density')", 0.7),
}
"""Old method or function → what does the same. ``self`` is the object, ``args`` all arguments."""


def replace(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing cell uses what stands in place of the method that is gone."""
    found = _LOST.search(failure.message) if failure.kind == "AttributeError" else None
    if found is None:
        return None
    name = found["name"] or found["function"]
    template, confidence = _CALLS.get(name, ("", 0.0))
    of_object = found["owner"] is not None and found["type"] is None
    if (
        template
        and of_object == (_OBJECT in template)
        and (name != "append" or found["owner"] in ("DataFrame", "Series"))
    ):
        made = template.partition("(")[0] if name != "append" else "pd.concat"
        return _rewritten(
            draft, failure, name, lambda: _called(name, template, draft), made, confidence
        )
    if name in _NAMES:
        new, confidence = _NAMES[name]
        return _rewritten(draft, failure, name, lambda: _renamed(name, new), new, confidence)
    return None


def _rewritten(
    draft: Draft,
    failure: Failure,
    name: str,
    make: Callable[[], cst.CSTTransformer],
    new: str,
    confidence: float,
) -> Draft | None:
    for cells in ([failure.cell_id], None):  # the cell may call a function of another one
        changed = rewrite_cells(
            draft,
            make,
            rule=RULE,
            reason=f"{name} is gone; {new.replace('{self}.', '')} does the same",
            confidence=confidence,
            cells=cells,
        )
        if changed is not None:
            return changed
    return None


def _renamed(name: str, new: str) -> cst.CSTTransformer:
    import libcst as cst

    class Attributes(cst.CSTTransformer):
        def leave_Attribute(  # noqa: N802
            self, original_node: cst.Attribute, updated_node: cst.Attribute
        ) -> cst.Attribute:
            if updated_node.attr.value != name:
                return updated_node
            return updated_node.with_changes(attr=cst.Name(new))

    return Attributes()


def _called(name: str, template: str, draft: Draft) -> cst.CSTTransformer:
    import libcst as cst

    aliases = aliases_of(draft)
    modules = {module: alias for alias, module in aliases.items()}

    class Calls(cst.CSTTransformer):
        def __init__(self) -> None:
            super().__init__()
            self.unused: list[cst.BaseExpression] = []

        def visit_Expr(self, node: cst.Expr) -> None:  # noqa: N802
            self.unused.append(node.value)

        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            function = updated_node.func
            if (
                name == "append" and original_node in self.unused
            ):  # of a list: frames give a new one
                return updated_node
            if not isinstance(function, cst.Attribute) or function.attr.value != name:
                return updated_node
            if name == "append" and (resolved(function.value, aliases) or not updated_node.args):
                return updated_node
            text = _filled(template, function.value, updated_node.args)
            for short, module in (("pd", "pandas"), ("sns", "seaborn"), ("nx", "networkx")):
                if short in template and module in modules:
                    text = re.sub(rf"\b{short}\.", f"{modules[module]}.", text, count=1)
            return cst.parse_expression(text)

    return Calls()


def _filled(template: str, owner: cst.BaseExpression, args: Sequence[cst.Arg]) -> str:
    import libcst as cst

    def code(node: cst.CSTNode) -> str:
        return cst.Module([]).code_for_node(node)

    texts = [code(a.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip() for a in args]
    if template.startswith("{self}.sort_values("):
        texts = [text.replace("columns=", "by=", 1) for text in texts]
        if not any(text.startswith("by=") or "=" not in text for text in texts):
            template = template.replace("sort_values", "sort_index")
    elif template.startswith("{self}.sort_index("):
        if texts and "=" not in texts[0]:
            texts[0] = f"level={texts[0]}"
        elif not any(text.startswith("level=") for text in texts):
            texts.insert(0, "level=0")
    return template.format(
        self=code(owner),
        args=", ".join(texts),
        first=texts[0] if texts else "",
        second=texts[1] if len(texts) > 1 else "",
        last=texts[-1] if texts else "",
        rest=", ".join(texts[1:]),
        more="".join(f", {text}" for text in texts[1:]),
    )
