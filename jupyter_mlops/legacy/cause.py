"""Why a notebook could not be converted, and what its owner can do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure
from jupyter_mlops.legacy.fetched import urls_of
from jupyter_mlops.legacy.order import lost_names
from jupyter_mlops.legacy.packages import distribution_of, package_of
from jupyter_mlops.legacy.rules.missing_files import missing_file
from jupyter_mlops.legacy.rules.urls import is_network

_ASKS = ("StdinNotImplementedError",)
_DATA_GONE = re.compile(r"`?(load_\w+|fetch_\w+)`? (?:has been|was) removed from (\S+)")
_INSTALLED = re.compile(r" \((?:/|unknown location)[^)]*\)|/\S*/site-packages/")
"""Where a module was looked for, which is of no use outside the environment."""


def cause_of(draft: Draft, failure: Failure, unknown: Mapping[str, str]) -> tuple[str, str]:
    """Why the notebook stopped, and the next action, one sentence each.

    Args:
        draft: the notebook as far as it came.
        failure: what ended it.
        unknown: packages that cannot be had → why, as a clause.
    """
    cell = draft.cell(failure.cell_id)
    where = f"cell {cell.position}" if cell.position else "a cell that was put in"
    if path := missing_file(failure):
        return (
            f"{where} reads {path}, which is not in the repository",
            f"supply {path} beside the notebook, then convert again",
        )
    if found := _DATA_GONE.search(failure.message):
        return (
            f"{where} reads the data of {found[1]}, which {found[2]} does not have any more",
            "supply these data as a file beside the notebook and let the cell read it, or pin an "
            f"earlier {found[2]} in a requirements.txt there",
        )
    if found := re.search(r"No module named '([\w.]+)'", failure.message):
        module, top = found[1], found[1].partition(".")[0]
        package = distribution_of(package_of(module) or package_of(top) or top)
        if package in unknown:
            return (
                f"{where} needs the module {module}, {unknown[package]}",
                f"put {top}.py beside the notebook, or name its package in a "
                "requirements.txt there",
            )
        return (
            f"{where} needs the module {module}, which the newest release of its package, and that "
            "of its time, do not have for this Python",
            f"pin a release that has {module} in a requirements.txt beside the notebook",
        )
    if is_network(failure) and failure.offline:
        return (
            f"{where} fetches {' and '.join(urls_of([cell.source])) or 'something'} from the "
            "network, which it may not use",
            "convert again with --allow-network, which keeps what is fetched in the job; or put "
            "the file beside the notebook and let the cell read it there",
        )
    if is_network(failure):
        return (
            f"{where} fetches from the network, which did not answer: {_short(failure.message)}",
            "download the file, put it beside the notebook and let the cell read it there",
        )
    if failure.kind in _ASKS:
        return (
            f"{where} asks its user for input, and a job has none",
            "set the value in a cell tagged `parameters` instead",
        )
    if failure.kind == "NameError" and (
        found := re.search(r"name '(\w+)' is not defined", failure.message)
    ):
        name = found[1]
        if any(lost.name == name for lost in lost_names(draft)):
            return (
                f"{where} reads {name}, which no cell of the notebook binds: its cell was deleted",
                f"add the cell that makes {name}, then convert again",
            )
    if failure.kind == "SyntaxError":
        return (
            f"{where} is no Python: {_short(failure.message)}",
            "correct the cell in a copy of the notebook, then convert that",
        )
    if failure.kind == "Timeout":
        return (f"{where} did not end: {failure.message}", "raise --timeout or --cell-timeout")
    return (
        f"{where} raises {failure.kind}: {_short(failure.message)}",
        "mend that cell in the notebook that was written, then convert it",
    )


def lacks_input(failure: Failure) -> bool:
    """True if the notebook needs what is not there, whatever environment it runs in."""
    absent = missing_file(failure) is not None or is_network(failure)
    return absent or failure.kind in _ASKS


def _short(text: str) -> str:
    line = _INSTALLED.sub("", text).strip().partition("\n")[0]
    return line if len(line) <= 200 else f"{line[:199]}…"
