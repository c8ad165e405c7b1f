"""Long frames: pandas before 0.25 showed as many of their rows as it showed at most."""

from __future__ import annotations

import re
from dataclasses import replace

from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.era import Era

RULE = "rows"
_SHOWN_UNTIL = "2019-07-18"
"""Release of pandas 0.25."""
_CUT = re.compile(r"^\s*\.\.+ ", re.M)
_SOURCE = 'import pandas\n\npandas.set_option("display.min_rows", None)'


def as_many(draft: Draft, era: Era) -> Draft:
    """The draft that shows as many rows, if a frame or series was cut short in its outputs."""
    uses = any(re.search(r"\bpandas\b", cell.source) for cell in draft.code)
    if era.latest >= _SHOWN_UNTIL or not uses or not any(map(_is_cut, draft.code)):
        return draft
    cell = DraftCell(id="cell-rows", position=0, kind="code", source=_SOURCE, metadata={})
    return replace(draft, cells=(cell, *draft.cells)).noted(
        rule=RULE,
        reason="frames that are cut short had more rows shown when this was written",
        before="",
        after=_SOURCE,
        confidence=1.0,
    )


def _is_cut(cell: DraftCell) -> bool:
    texts = (output.get("data", {}).get("text/plain", "") for output in cell.stored)
    return any(_CUT.search("".join(text)) for text in texts)
