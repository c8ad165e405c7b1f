"""Names of styles, palettes and frequencies that were renamed."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "renamed-value"
_STYLE = re.compile(
    r"'(seaborn(?:-[\w-]+)?)' (?:is not a valid package style|not found in the style)"
)
_FREQUENCY = re.compile(r"Invalid frequency: ([A-Za-z-]+)")
_FREQUENCIES = {
    "M": "ME", "Q": "QE", "A": "YE", "Y": "YE", "BM": "BME", "BQ": "BQE", "BA": "BYE", "H": "h",
    "T": "min", "S": "s", "L": "ms", "U": "us", "N": "ns", "AS": "YS", "BAS": "BYS", "CBM": "CBME",
}  # fmt: skip
_OPTION = re.compile(r"(['\"])((?:max_|min_|precision|width|notebook_repr)\w*)(?=['\"])")
_HTML = re.compile(r"(set_option\(['\"])html(?=['\"])")
_SCORE = re.compile(r"'(\w+)' is not a valid scoring value")
_SCORES = {
    name: f"neg_{name}"
    for name in ("mean_squared_error", "mean_absolute_error", "median_absolute_error", "log_loss")
}
"""Scores that had these values, less than 0, when they had the other name."""
_AXIS = re.compile(r"No axis named (\w+) for object type")
_AXES = {"col": "columns", "cols": "columns", "column": "columns", "row": "index"}
_COLOUR_MAPS = {"spectral": "nipy_spectral", "Vega10": "tab10", "Vega20": "tab20"}
_COLOUR_MAP = re.compile(r"'(\w+)' is not a (?:known|valid value for) (?:colormap|cmap|name)")


def rename(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the value as it is called now."""
    if found := _STYLE.search(failure.message):
        old = found[1]
        return _replaced(draft, failure, old, old.replace("seaborn", "seaborn-v0_8", 1))
    if found := _COLOUR_MAP.search(failure.message):
        new = _COLOUR_MAPS.get(found[1])
        return _replaced(draft, failure, found[1], new) if new else None
    if found := _SCORE.search(failure.message):
        new = _SCORES.get(found[1])
        return _replaced(draft, failure, found[1], new) if new else None
    if found := _AXIS.search(failure.message):
        cell = draft.cell(failure.cell_id)
        new = _AXES.get(found[1], found[1])
        return draft.edited(
            cell.id,
            re.sub(rf"(axis\s*=\s*['\"]){found[1]}(?=['\"])", rf"\g<1>{new}", cell.source),
            rule=RULE,
            reason=f"the axis {found[1]} is called {new}",
            confidence=1.0,
        )
    if failure.kind == "OptionError":
        return _displayed(draft, failure)
    if found := _FREQUENCY.search(failure.message):
        head, dash, anchor = found[1].partition("-")
        number = re.match(r"\d*", head)
        new = _FREQUENCIES.get(head[number.end() if number else 0 :])
        return _replaced(draft, failure, found[1], new + dash + anchor) if new else None
    return None


def _displayed(draft: Draft, failure: Failure) -> Draft | None:
    """The draft whose cell names options of pandas in full: there are more alike by now."""
    cell = draft.cell(failure.cell_id)
    source = _OPTION.sub(r"\1display.\2", cell.source)
    source = _HTML.sub(r"\1display.notebook_repr_html", source)
    return draft.edited(
        cell.id,
        source,
        rule=RULE,
        reason="options of pandas are named in full, as a part of the name fits several now",
        confidence=0.95,
    )


def _replaced(draft: Draft, failure: Failure, old: str, new: str) -> Draft | None:
    """The draft with the text, where it is a literal of its own, in the cell that failed or any."""
    literal = re.compile(rf"(['\"])(\d*){re.escape(old)}\1")
    cell = draft.cell(failure.cell_id)
    for one in (cell, *draft.code):
        if literal.search(one.source):
            return draft.edited(
                one.id,
                literal.sub(rf"\g<1>\g<2>{new}\g<1>", one.source),
                rule=RULE,
                reason=f"{old} is called {new} now",
                confidence=0.95,
            )
    return None
