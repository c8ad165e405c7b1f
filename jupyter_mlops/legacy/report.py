"""What a conversion came to, as one page for people and as JSON for programs."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.conversion import Conversion, Patch
from jupyter_mlops.store.disk import disk_problems, write_over

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "report.html"
DATA = "report.json"
MEANINGS = {
    "L2": "equal",
    "L3": "equal within tolerance",
    "L1": "same kinds of output",
    "L0": "ran; nothing was stored",
    "varies": "differs between two fresh runs",
    "differs": "differs",
    "not reached": "did not run to its end",
}


def write_reports(conversion: Conversion, folder: Path) -> None:
    """Write ``report.html`` and ``report.json`` into the folder."""
    html = (
        pages()
        .get_template("report.html")
        .render(
            conversion=conversion,
            counts=[(k, MEANINGS[k], n) for k, n in _counts(conversion)],
            meanings=MEANINGS,
            patches=[(patch, _lines(patch)) for patch in conversion.patches],
        )
    )
    with disk_problems(folder):
        (folder / PAGE).write_text(html, encoding="utf-8")
        text = json.dumps(to_json(conversion), indent=2, ensure_ascii=False)
        write_over(folder / DATA, f"{text}\n".encode())


def pages() -> Environment:
    """The templates of the room's pages."""
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("jupyter_mlops.legacy"), autoescape=True)


def _counts(conversion: Conversion) -> list[tuple[str, int]]:
    found = Counter(cell.level for cell in conversion.cells)
    return [(level, found[level]) for level in MEANINGS if found[level]]  # type: ignore[index]


def _lines(patch: Patch) -> list[tuple[str, str]]:
    """The patch as lines of a diff, each with its mark."""
    before, after = patch.before.splitlines(), patch.after.splitlines()
    diff: Any = difflib.unified_diff(before, after, lineterm="", n=2)
    return [(line[:1], line[1:]) for line in list(diff)[2:] if not line.startswith("@@")]
