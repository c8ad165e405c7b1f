"""Windows and widgets to draw in: a job has none, so figures are drawn into the notebook."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft

RULE = "backend"
_MAGIC = re.compile(
    r"^([ \t]*)%matplotlib(?:[ \t]+(?!inline\b|--list)[\w:.]+)?[ \t]*(?:#.*)?$", re.M
)
_USE = re.compile(
    r"^([ \t]*)(?:(?:matplotlib|mpl)\.use|(?:plt|pyplot)\.switch_backend)"
    r"\(\s*['\"](?!agg|module)[^)]*\)[ \t]*;?[ \t]*(?:#.*)?$",
    re.M | re.I,
)


def draw_inline(draft: Draft) -> Draft:
    """The draft without a backend that needs a screen."""
    for cell in draft.code:
        source = _MAGIC.sub(r"\1%matplotlib inline", cell.source)
        source = _USE.sub(lambda found: f"{found[1]}pass  # {found[0].strip()}", source)
        draft = draft.edited(
            cell.id,
            source,
            rule=RULE,
            reason="a job has no screen: figures are drawn into the notebook",
            confidence=0.95,
        )
    return draft
