"""Why a notebook could not be converted, and what its owner can do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from jupyter_mlops.legacy.commands import MAKERS, maker_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.ended import ended_of
from jupyter_mlops.legacy.failure import Failure
from jupyter_mlops.legacy.fetched import urls_of
from jupyter_mlops.legacy.order import lost_names
from jupyter_mlops.legacy.packages import distribution_of, package_of
from jupyter_mlops.legacy.rules.missing_files import missing_file
from jupyter_mlops.legacy.rules.urls import is_network
from jupyter_mlops.legacy.services import needs_cluster, service_of

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_NO_PROGRAM = re.compile(r"No such file or directory: '([\w.+-]+)'")
_ASKS = ("StdinNotImplementedError",)
_DATA_GONE = re.compile(r"`?(load_\w+|fetch_\w+)`? (?:has been|was) removed from (\S+)")
_NLTK = re.compile(r"Resource\s+'?(?:\w+/)*([\w.-]+?)(?:\.zip)?/?'?\s+not found")
_INSTALLED = re.compile(r" \((?:/|unknown location)[^)]*\)|/\S*/site-packages/")
"""Where a module was looked for, which is of no use outside the environment."""


Cause = tuple[str, str]
"""Why it stopped, and the next action."""
_NETWORK_NEXT = (
    "convert again with --allow-network, which keeps what is fetched in the job; or put "
    "the file beside the notebook and let the cell read it there"
)


def cause_of(
    draft: Draft,
    failure: Failure,
    unknown: Mapping[str, str],
    outputs: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Cause:
    """Why the notebook stopped, and the next action, one sentence each.

    Args:
        draft: the notebook as far as it came.
        failure: what ended it.
        unknown: packages that cannot be had → why, as a clause.
        outputs: of the cells that ran, by id.
    """
    cell = draft.cell(failure.cell_id)
    where = f"cell {cell.position}" if cell.position else "a cell that was put in"
    sources = [draft.cell(place.cell_id).source for place in failure.places] or [cell.source]
    if missed := _unmade(draft, failure, outputs, where):
        return missed
    if ended := ended_of(failure, draft):
        return f"{where} needs {ended.what}", ended.then
    if program := _missing_program(failure):
        return (
            f"{where} runs {program}, which is not installed",
            f"install {program} where jobs run, then convert again",
        )
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
    if resource := _nltk_data(failure):
        return (
            f"{where} needs NLTK's data {resource}, which are not there",
            f"download them beside the notebook, by `python -m nltk.downloader -d nltk_data "
            f"{resource}`, and let a cell say `nltk.data.path.append('nltk_data')`; or convert "
            "again with --allow-network, if a cell downloads them",
        )
    if found := _NO_MODULE.search(failure.message):
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
    if needs_cluster(failure):
        return (
            f"{where} needs a cluster of ipyparallel, which does not run",
            "let the cell start one, by `ipyparallel.Cluster(n=4).start_and_connect_sync()` in "
            "place of its client, then convert again",
        )
    if service := service_of(failure, sources):
        return (
            f"{where} needs a service at {service}, where nothing answers",
            "start it where jobs run, then convert again; or put what it gives into a file beside "
            "the notebook and let the cell read that",
        )
    if is_network(failure) and failure.offline:
        urls = urls_of([cell.source]) or urls_of(reversed(sources))
        return (
            f"{where} fetches {' and '.join(urls) or 'something'} from the network, which it may "
            "not use",
            _NETWORK_NEXT,
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
    if failure.kind in ("SyntaxError", "IndentationError", "TabError"):
        return (
            f"{where} is no Python: {_short(failure.message)}",
            "correct the cell in a copy of the notebook, then convert that",
        )
    if failure.kind == "Timeout":
        then = failure.then or "raise --timeout or --cell-timeout"
        return (f"{where} did not end: {failure.message}", then)
    return (
        f"{where} raises {failure.kind}: {_short(failure.message)}",
        "mend that cell in the notebook that was written, then convert it",
    )


def _unmade(
    draft: Draft,
    failure: Failure,
    outputs: Mapping[str, Sequence[Mapping[str, Any]]],
    where: str,
) -> Cause | None:
    """The cause, if a command of a cell above should have made the module or file that lacks."""
    names = []
    if found := _NO_MODULE.search(failure.message):
        names = [found[1].partition(".")[0]]
        what = f"the module {found[1]}"
    elif path := missing_file(failure):
        parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..", ".")]
        names = list(dict.fromkeys([path, *reversed(parts[-1:]), *parts[:1]]))
        what = path
    commands = (
        maker_of(name, draft, outputs, programs=MAKERS, above=failure.cell_id) for name in names
    )
    made = next((command for command in commands if command is not None), None)
    if made is None:
        return None
    cause = f"{where} needs {what}, which `!{made.line}` in cell {made.cell} should have made"
    trouble = made.trouble
    if trouble is None:
        return cause, f"mend that line of cell {made.cell}, or put {names[0]} beside the notebook"
    cause = f"{cause}: {_short(trouble.said)}"
    if trouble.kind == "network":
        return f"{cause}; it may not use the network", _NETWORK_NEXT
    if trouble.kind == "program":
        return cause, f"install {_program(trouble.program)} where jobs run, then convert again"
    return cause, f"mend that line of cell {made.cell}, or put {names[0]} beside the notebook"


def _missing_program(failure: Failure) -> str | None:
    """The program that a subprocess was to be of, and that is not installed."""
    found = _NO_PROGRAM.search(failure.message)
    started = "_execute_child" in failure.traceback or "subprocess.py" in failure.traceback
    return found[1] if found and started and failure.kind == "FileNotFoundError" else None


def _nltk_data(failure: Failure) -> str | None:
    """The resource of NLTK that is not there."""
    found = _NLTK.search(failure.message) if failure.kind == "LookupError" else None
    return found[1] if found else None


def _program(name: str) -> str:
    return "a Fortran compiler (gfortran)" if name == "Fortran compiler" else name


def lacks_input(failure: Failure, draft: Draft) -> bool:
    """True if the notebook needs what is not there, whatever environment it runs in."""
    ended = ended_of(failure, draft)
    absent = missing_file(failure) or _nltk_data(failure) or is_network(failure)
    served = needs_cluster(failure) or service_of(failure, ()) is not None
    given = ended is not None and ended.is_input
    return bool(absent) or served or given or failure.kind in _ASKS


def _short(text: str) -> str:
    line = _INSTALLED.sub("", text).strip().partition("\n")[0]
    return line if len(line) <= 200 else f"{line[:199]}…"
