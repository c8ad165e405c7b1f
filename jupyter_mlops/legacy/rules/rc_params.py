"""Settings of matplotlib that have another name, or no effect any more."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "renamed-value"
_REFUSED = re.compile(
    r"'?([\w.]+)'? is not a valid value for rcParam|([\w.]+) is not a valid rc parameter"
)
_IDLE = frozenset(
    {"text.latex.unicode", "savefig.jpeg_quality", "svg.image_noscale", "animation.avconv_path",
     "savefig.frameon", "verbose.level", "verbose.fileo", "axes.hold", "text.dvipnghack"}
)  # fmt: skip
"""Settings that changed no picture, or that the library ignores."""


def rename(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the setting as matplotlib calls it now."""
    found = _REFUSED.search(failure.message) if failure.kind == "KeyError" else None
    if found is None:
        return None
    name = found[1] or found[2]
    for cell in (draft.cell(failure.cell_id), *draft.code):
        source = _without(cell.source, name)
        if source != cell.source:
            return draft.edited(
                cell.id,
                source,
                rule=RULE,
                reason=f"matplotlib has no setting {name} any more",
                confidence=0.95,
            )
    return None


def _without(source: str, name: str) -> str:
    """The cell that does not set ``name``."""
    assigned = rf"^([ \t]*)((?:[\w.]+\.)?rcParams\[)(['\"]){re.escape(name)}\3(\][ \t]*=[ \t]*)"
    if name == "axes.color_cycle":
        return re.sub(
            rf"{assigned}([^\n#]*[^\s#,])[ \t]*$",
            r"\1\2\3axes.prop_cycle\3\4__import__('cycler').cycler(color=\5)",
            source,
            flags=re.M,
        )
    if name in _IDLE:
        commented = rf"\1pass  # \2\3{name}\3\4\5"
        return re.sub(rf"{assigned}([^\n]*)$", commented, source, flags=re.M)
    return source
