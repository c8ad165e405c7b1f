"""When a notebook was written: an interval of days, and what tells it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.runner.provenance import git

_FORMATS = {2: ("2011-12-01", "2013-12-31"), 3: ("2013-01-01", "2016-12-31")}
"""Notebook format → first release that wrote it, and when nobody did any more."""
_PYTHONS = {
    "2": ("2011-12-01", "2020-12-31"),
    "3.3": ("2012-09-29", "2017-09-29"),
    "3.4": ("2014-03-16", "2019-03-18"),
    "3.5": ("2015-09-13", "2020-09-05"),
    "3.6": ("2016-12-23", "2021-12-23"),
    "3.7": ("2018-06-27", "2023-06-27"),
    "3.8": ("2019-10-14", "2024-10-07"),
    "3.9": ("2020-10-05", "2025-10-31"),
    "3.10": ("2021-10-04", "2026-10-31"),
    "3.11": ("2022-10-24", "2027-10-31"),
    "3.12": ("2023-10-02", "2028-10-31"),
    "3.13": ("2024-10-07", "2029-10-31"),
}
"""Python → its release, and the end of its support."""
_MOST_COMMITS = 20
_USES = {
    "sklearn.cross_validation": ("2010-01-01", "2018-09-25"),
    "sklearn.grid_search": ("2010-01-01", "2018-09-25"),
    "sklearn.model_selection": ("2016-09-28", ""),
    "rolling_mean(": ("2010-01-01", "2018-05-15"),
    ".ix[": ("2010-01-01", "2020-01-29"),
    "%pylab": ("2011-12-01", "2020-12-31"),
    "IPython.html": ("2013-08-08", "2015-08-12"),
    "f'": ("2016-12-23", ""),
    'f"': ("2016-12-23", ""),
}
"""What stands in code → when it first could, and when it no longer worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """When a notebook was written.

    Attributes:
        earliest, latest: days, as ``2018-09-25``.
        evidence: one sentence each.
        today: the day of the conversion.
    """

    earliest: str
    latest: str
    evidence: tuple[str, ...]
    today: str


def date_of(draft: Draft, document: Mapping[str, Any], path: Path, today: date) -> Era:
    """When the notebook was written.

    Args:
        draft: the notebook.
        document: its old file as JSON.
        path: where it lies; the history of its repository tells most.
        today: nothing is later.
    """
    earliest, latest = "2011-12-01", today.isoformat()
    evidence = []

    def narrow(first: str, last: str, why: str) -> None:
        nonlocal earliest, latest
        begins, ends = max(earliest, first), min(latest, last or latest)
        if begins <= ends and (begins, ends) != (earliest, latest):
            earliest, latest = begins, ends
            evidence.append(why)

    if changed := _last_change(path, document):
        narrow("", changed, f"its code and outputs were last changed on {changed}")
    version = document["nbformat"]
    if version in _FORMATS:
        narrow(*_FORMATS[version], f"it is written in notebook format {version}")
    told = str(document.get("metadata", {}).get("language_info", {}).get("version", ""))
    series = told.split(".")[0] if told.startswith("2") else ".".join(told.split(".")[:2])
    if series in _PYTHONS:
        narrow(*_PYTHONS[series], f"its kernel was Python {told}")
    code = "\n".join(cell.source for cell in draft.code)
    for word, (first, last) in _USES.items():
        if word in code:
            narrow(first, last, f"it uses {word}")
    return Era(earliest=earliest, latest=latest, evidence=tuple(evidence), today=today.isoformat())


def _last_change(path: Path, document: Mapping[str, Any]) -> str:
    """The day on which code or outputs of the file were last changed; empty if git does not tell.

    Commits that gave it another name, or changed its text alone, do not count.
    """
    now = _content(document)
    last = ""
    try:
        last = git(path, "log", "-1", "--format=%cs", "--", path.name)
        for commit, day, place in _commits(path):
            if _content(json.loads(git(path, "show", f"{commit}:{place}"))) != now:
                break
            last = day
    except (OSError, subprocess.SubprocessError, ValueError):
        pass  # no repository, or one that does not have all that it names
    return last


def _commits(path: Path) -> Iterator[tuple[str, str, str]]:
    """Commit, day, and the file's path then, newest first."""
    told = git(
        path, "log", f"-{_MOST_COMMITS}", "--follow", "--format=>%H %cs", "--name-status", "--",
        path.name,
    )  # fmt: skip
    for entry in told.split(">")[1:]:
        head, _, change = entry.partition("\n")
        commit, day = head.split()
        yield commit, day, change.strip().split("\t")[-1]


def _content(document: Any) -> list[Any]:
    """The code cells and their outputs, of any format."""
    sheets = document.get("worksheets", [document])
    cells = [cell for sheet in sheets for cell in sheet.get("cells", ())]
    return [
        (cell.get("source", cell.get("input")), cell.get("outputs"))
        for cell in cells
        if cell.get("cell_type") == "code"
    ]
