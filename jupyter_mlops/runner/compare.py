"""What differs between two runs, and why a step of the one could not be the other's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.comparison import Comparison, StepPair, ValuePair
from jupyter_mlops.model.run import Execution, Run, StepReport
from jupyter_mlops.notebook import parse_notebook
from jupyter_mlops.runner.codechange import changed_cell
from jupyter_mlops.runner.why import differences
from jupyter_mlops.store import Store

_ABSENT = object()


def compare_runs(store: Store, a: Run, b: Run) -> Comparison:
    """What differs between two runs on record.

    Args:
        store: holds their executions; of one that is missing, what its step's report has counts.
        a: the earlier run.
        b: the later run.
    """
    old, new = _by_step(a), _by_step(b)
    names = list(dict.fromkeys([*old, *new]))
    return Comparison(
        a=a.run,
        b=b.run,
        changes=changes_between(a, b),
        parameters=tuple(_pairs(_parameters(a), _parameters(b))),
        metrics=tuple(
            pair
            for name in names
            for pair in _pairs(_metrics(old.get(name)), _metrics(new.get(name)), step=name)
        ),
        steps=tuple(_step(store, name, old.get(name), new.get(name)) for name in names),
    )


def changes_between(a: Run, b: Run) -> tuple[str, ...]:
    """Names of what run ``b`` was given otherwise than run ``a``, as far as their records tell.

    ``notebook`` if the pipeline is another one, then parameters, ``engine``, packages, and files
    that both read with other content.
    """
    changed = ["notebook"] if a.pipeline != b.pipeline else []
    changed += _differing(_parameters(a), _parameters(b))
    changed += ["engine"] if a.engine != b.engine else []
    if a.engine == b.engine:
        changed += _differing(_packages(a), _packages(b))
    before, after = _files(a), _files(b)
    changed += [path for path in after if path in before and before[path] != after[path]]
    return tuple(dict.fromkeys(changed))


def _step(store: Store, name: str, a: StepReport | None, b: StepReport | None) -> StepPair:
    same = a is not None and b is not None and a.execution == b.execution is not None
    changes: tuple[str, ...] = ()
    if a is not None and b is not None and not same:
        changes = _changes(store, a, b)
    return StepPair(
        step=name,
        a=a.state if a else None,
        b=b.state if b else None,
        same_execution=same,
        changes=changes,
    )


def _changes(store: Store, a: StepReport, b: StepReport) -> tuple[str, ...]:
    """What of the steps' inputs differs; a sentence each."""
    old, new = _execution(store, a), _execution(store, b)
    found: list[str] = []
    if old is not None and new is not None:
        found += differences(
            old,
            code=new.code,
            name_code=partial(_changed_code, store, old, new),
            parameters=new.parameters,
            environment=new.environment,
            inputs=new.inputs,
            files=new.files,
        )
    before, after = _read(a), _read(b)
    told = " ".join(found)
    found += [
        f"file {path} changed"
        for path in after
        if path in before and before[path] != after[path] and f"file {path} " not in told
    ]
    return tuple(found)


def _changed_code(store: Store, old: Execution, new: Execution) -> str | None:
    """What of the step's code changed; None if that cannot be read any more."""
    read = store.objects.read_bytes
    try:
        before, after = read(old.stage), read(new.stage)
        notebook = parse_notebook(read(new.source), Path("notebook.ipynb"))
    except (ObjectMissing, ObjectCorrupted):
        return None
    return changed_cell(before, after, {cell.id: cell.position for cell in notebook.cells})


def _execution(store: Store, report: StepReport) -> Execution | None:
    if report.execution is None:
        return None
    try:
        return store.catalog.execution(report.execution)
    except StoreError:  # not recorded, or its record is damaged, which `fsck` says
        return None


def _pairs(a: Mapping[str, Any], b: Mapping[str, Any], *, step: str = "") -> Iterator[ValuePair]:
    for name in dict.fromkeys([*b, *a]):
        yield ValuePair(
            name=name,
            step=step,
            a=a.get(name),
            b=b.get(name),
            equal=name in a and name in b and _equal(a[name], b[name]),
        )


def _equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and (a == b or (a != a and b != b))  # NaN is what it was


def _differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    return [pair.name for pair in _pairs(a, b) if not pair.equal]


def _by_step(run: Run) -> dict[str, StepReport]:
    return {report.step: report for report in run.steps}


def _parameters(run: Run) -> dict[str, Any]:
    return {parameter.name: parameter.value for parameter in run.parameters}


def _metrics(report: StepReport | None) -> Mapping[str, Any]:
    return report.metrics if report is not None else {}


def _packages(run: Run) -> dict[str, str]:
    """Versions by package, of the steps that got an environment."""
    return _merged(run, lambda step: step.environment.packages if step.environment else {})


def _files(run: Run) -> dict[str, str | None]:
    """Digests of the project's files that the run read; not of those that it wrote itself."""
    written = {f.path for r in run.steps for f in r.outputs if isinstance(f, FileRef)}
    return {path: digest for path, digest in _merged(run, _read).items() if path not in written}


def _read(report: StepReport) -> dict[str, str | None]:
    return {
        file.path: file.digest
        for file in report.inputs
        if isinstance(file, FileRef) and not file.path.endswith("/")
    }


def _merged(run: Run, part: Callable[[StepReport], Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for report in reversed(run.steps) for name, value in part(report).items()}
