"""What a step was given otherwise in one run than in another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from jupyter_mlops.lineage.cells import changed_cells
from jupyter_mlops.lineage.contents import Versions
from jupyter_mlops.lineage.given import Given
from jupyter_mlops.model.change import Change
from jupyter_mlops.model.comparison import Cause, CauseKind
from jupyter_mlops.model.identity import short
from jupyter_mlops.runner.why import changes, environment_changes, parameter_changes

_LEFT_BY_STEPS = ("input", "state", "file")
_SEED = re.compile(r"(?i)(^|_)seed$|^random_state$|^pythonhashseed$")


def causes_of(a: Given, b: Given, versions: Versions) -> Iterator[Cause]:
    """The causes that begin in this step; all have the number 0.

    Args:
        a: what the step was given in the earlier run.
        b: in the later one.
        versions: the files of both runs.
    """
    step = b.report.step
    own = [change for change in step_changes(a, b) if change.kind not in _LEFT_BY_STEPS]
    for change in own:
        if change.kind == "code":
            yield from _code(step, a, b, change)
    yield from _data(step, a, b, versions)
    for change in own:
        if change.kind != "code":
            yield from _cause(step, change)
    if a.host != b.host:
        text = f"host {a.host} → {b.host}"
        yield Cause(number=0, kind="host", name="", steps=(step,), a=a.host, b=b.host, text=text)


def step_changes(a: Given, b: Given) -> Iterator[Change]:
    """All that differs in what the step was given, as the run itself would say it."""
    if a.execution is not None and b.execution is not None:
        yield from changes(
            a.execution,
            code=b.execution.code,
            parameters=b.parameters,
            environment=b.execution.environment,
            inputs=b.execution.inputs,
            files=b.execution.files,
        )
    elif a.report.environment is not None and b.report.environment is not None:
        yield from environment_changes(a.report.environment, b.report.environment)


def unread_parameters(a: Mapping[str, object], b: Mapping[str, object]) -> Iterator[Cause]:
    """Causes that no step is known to have received: parameters of the runs."""
    for change in parameter_changes(a, b):
        yield from _cause(None, change)


def _code(step: str, a: Given, b: Given, change: Change) -> Iterator[Cause]:
    told = changed_cells(a, b)
    for cell in told:
        yield Cause(
            number=0,
            kind="code",
            name=cell.pair.name,
            steps=(step,),
            text=cell.text,
            diff=cell.diff,
        )
    if not told:
        yield Cause(number=0, kind="code", name=f"step {step}", steps=(step,), text=change.text)


def _cause(step: str | None, change: Change) -> Iterator[Cause]:
    """The change as a cause; of a setting of several values, one cause each."""
    cause = Cause(
        number=0,
        kind=_kind(change.kind, change.name),
        name=change.name,
        steps=() if step is None else (step,),
        a=change.a,
        b=change.b,
        text=change.text,
    )
    if change.kind != "setting" or not isinstance(change.a or change.b, Mapping):
        yield cause
        return
    for part in parameter_changes(change.a or {}, change.b or {}):
        text = f"setting {change.name} {part.text.removeprefix('parameter ')}"
        kind = _kind("setting", part.name)
        yield replace(cause, kind=kind, name=part.name, a=part.a, b=part.b, text=text)


def _kind(kind: str, name: str) -> CauseKind:
    seeds = kind in ("parameter", "setting") and _SEED.search(name)
    return cast(CauseKind, "seed" if seeds else kind)


def _data(step: str, a: Given, b: Given, versions: Versions) -> Iterator[Cause]:
    """Files that both read with other content, and folders that held other names."""
    old, new = a.files, b.files
    for path in sorted(old.keys() & new.keys(), key=lambda path: (path.endswith("/"), path)):
        before, after = old[path], new[path]
        listing = path.endswith("/")
        if before.version == after.version or (listing and _explained(path, a, b)):
            continue
        yield Cause(
            number=0,
            kind="data",
            name=path,
            steps=(step,),
            a=before.digest,
            b=after.digest,
            text=f"folder {path} lists other names"
            if listing
            else f"file {path} {short(before.digest)} → {short(after.digest)}",
            table=None if listing else versions.table(before, after),
        )


def _explained(folder: str, a: Given, b: Given) -> bool:
    """True if earlier steps wrote other names into the folder, or may have."""
    return _names(folder, a.written) != _names(folder, b.written)


def _names(folder: str, written: Mapping[str, str]) -> set[str]:
    return {path for path in written if folder == "./" or path.startswith(folder)}
