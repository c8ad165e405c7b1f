"""Arguments that a function takes by name only now: the names that their positions had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import by_name, change_call, name_of, parameters_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import aliases_of, resolved

if TYPE_CHECKING:
    import libcst as cst

RULE = "argument"
_POSITIONAL = re.compile(
    r"(?:(\w+)\.)?(\w+)\(\) (?:takes (?:from \d+ to )?\d+ positional arguments? "
    r"(?:\([^)]*\) )?but \d+|got multiple values for argument 'data')"
)

_POSITIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("barplot", "boxplot", "violinplot", "stripplot", "swarmplot", "pointplot", "boxenplot",
         "catplot"),
        ("x", "y", "hue", "data"),
    ),
    **dict.fromkeys(("regplot", "residplot", "jointplot"), ("x", "y", "data")),
    "lmplot": ("x", "y", "data", "hue"),
    "lineplot": ("x", "y", "hue", "size", "style", "data"),
    "scatterplot": ("x", "y", "hue", "style", "size", "data"),
    "relplot": ("x", "y", "hue", "size", "style", "data"),
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
"""Function or method → the names that its positions had, where its signature does not tell."""


def give_names(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing call names its arguments, as its function asks for."""
    found = _POSITIONAL.search(failure.message) if failure.kind == "TypeError" else None
    if found is None:
        return None
    owner, name = found[1], found[2]
    if name == "__init__":
        name = owner or ""
    aliases = aliases_of(draft)
    twice = "multiple values" in found[0]

    def change(call: cst.Call) -> cst.BaseExpression:
        if name_of(call) != name and not (resolved(call.func, aliases) or "").endswith(f".{name}"):
            return call
        if twice and _POSITIONS.get(name, ("",))[0] != "x":
            return call  # nothing tells which of the two values was meant
        if name in _POSITIONS:
            return _by_table(call, _POSITIONS[name])
        function = resolved(call.func, aliases)
        return _by_signature(call, parameters_of(scene.python, function)) if function else call

    return change_call(
        draft,
        failure,
        change,
        name="",
        rule=RULE,
        reason=f"{name} takes its arguments by name now",
        confidence=0.9,
    )


def _by_table(call: cst.Call, names: tuple[str, ...]) -> cst.Call:
    """All but the first positional argument by name; that, too, where its place is another now."""
    plain = [a for a in call.args if a.keyword is None and not a.star]
    given = {a.keyword.value for a in call.args if a.keyword is not None}
    fewest = 1 if names[0] == "x" and "data" in given else 2
    if not fewest <= len(plain) <= len(names) + (names[0] == "pat"):
        return call
    first = 0 if names[0] in ("x", "index") else 1
    return _named(call, {n: name for n, name in enumerate(names) if n >= first})


def _by_signature(call: cst.Call, parameters: tuple[tuple[str, bool], ...]) -> cst.Call:
    """The arguments by name that a signature takes by name only, in the order in which it says."""
    return _named(call, {n: name for n, (name, named) in enumerate(parameters) if named})


def _named(call: cst.Call, names: Mapping[int, str]) -> cst.Call:
    """The call whose positional argument ``n`` has the name ``names[n]``."""
    if any(a.star == "*" for a in call.args):
        return call
    return call.with_changes(
        args=[
            by_name(argument, names[number])
            if argument.keyword is None and not argument.star and number in names
            else argument
            for number, argument in enumerate(call.args)
        ]
    )
