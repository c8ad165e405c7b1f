"""What libraries showed otherwise when a notebook was written: set to how they showed it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.era import Era

RULE = "shown"
ID = "cell-shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """A setting that brings back how a library showed things.

    Attributes:
        until: day of the release that shows them otherwise.
        library: its module.
        used: what stands in code that uses it.
        seen: what stands in an output that it concerns.
        line: sets it.
    """

    until: str
    library: str
    used: str
    seen: str
    line: str


_SETTINGS = (
    _Setting(
        until="2017-01-17",  # matplotlib 2.0: colours, sizes and margins
        library="matplotlib.style",
        used=r"\b(?:matplotlib|pylab|seaborn)\b",
        seen=r"^image/png$",
        line='matplotlib.style.use(["classic", {"figure.figsize": (6, 4), "figure.dpi": 72}])',
    ),
    _Setting(
        until="2018-01-06",  # NumPy 1.14: white space and digits of arrays
        library="numpy",
        used=r"\b(?:numpy|pylab)\b",
        seen=r"\barray\(|^ *\[+ *-?[\d.]",
        line='numpy.set_printoptions(legacy="1.13")',
    ),
    _Setting(
        until="2019-07-18",  # pandas 0.25: ten rows of a frame that is cut short
        library="pandas",
        used=r"\bpandas\b",
        seen=r"^\s*\.\.+ ",
        line='pandas.set_option("display.min_rows", None)',
    ),
    _Setting(
        until="2020-05-12",  # scikit-learn 0.23: only what is not its default
        library="sklearn",
        used=r"\bsklearn\b",
        seen=r"^[A-Z]\w+\(\w+=",
        line="sklearn.set_config(print_changed_only=False)",
    ),
)


def as_then(draft: Draft, era: Era) -> Draft:
    """The draft that begins with the settings which its stored outputs ask for, if any."""
    code = "\n".join(cell.source for cell in draft.code)
    shown = "\n".join(text for cell in draft.code for text in _texts(cell))
    chosen = [
        setting
        for setting in _SETTINGS
        if era.latest < setting.until
        and re.search(setting.used, code)
        and re.search(setting.seen, shown, re.M)
    ]
    if not chosen:
        return draft
    imports = [f"import {setting.library}" for setting in chosen]
    source = "\n".join([*imports, "", *(setting.line for setting in chosen)])
    cell = DraftCell(id=ID, position=0, kind="code", source=source, metadata={})
    names = ", ".join(setting.library for setting in chosen)
    return replace(draft, cells=(cell, *draft.cells)).noted(
        rule=RULE,
        reason=f"{names}: shown as when the notebook was written; nothing else is changed by it",
        before="",
        after=source,
        confidence=1.0,
    )


def _texts(cell: DraftCell) -> list[str]:
    """What the cell put out as text, and ``image/png`` for a picture."""
    data = [output.get("data", {}) for output in cell.stored]
    texts = [one.get("text/plain", "") for one in data]
    printed = [output.get("text", "") for output in cell.stored]
    pictures = ["image/png" for one in data if "image/png" in one]
    return ["".join(text) for text in (*texts, *printed, *pictures)]
